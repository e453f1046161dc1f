using TPacket.Server;
using TPacket.Testing.Stores;

namespace TPacket.Testing;

#pragma warning disable CS1591 // The name of a test is its rule.

// Offsets, times, and the contents of events.
public abstract partial class RoomStoreSpecification
{
    [Fact]
    public async Task The_first_event_has_offset_0_and_each_that_follows_one_more()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());

        Assert.Equal(0, (await log.JoinAsync(_alice)).Position.Offset);
        Assert.Equal(1, (await log.SayAsync(_alice, "one")).Position.Offset);
        Assert.Equal(2, (await log.AppendAsync(Packet(256, 1, 2, "data"))).Position.Offset);
        Assert.Equal(3, (await log.LeaveAsync(_alice)).Position.Offset);

        var events = await EventsAsync(log, subscriber);
        Assert.Equal([0L, 1L, 2L, 3L], events.Select(e => e.Offset));
        Assert.Equal([RoomEventKind.Joined, RoomEventKind.Message, RoomEventKind.Packet, RoomEventKind.Left], events.Select(e => e.Kind));
    }

    [Fact]
    public async Task A_subscriber_receives_everything_that_an_event_has()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        var stranger = new RoomMember(int.MaxValue, "Zoë 👩‍💻 \"'%", session: long.MinValue, generation: int.MaxValue);
        byte[] bytes = [.. Enumerable.Range(0, 4000).Select(i => (byte)i)];
        await log.JoinAsync(stranger);

        await log.AppendAsync(new RoomAppend(RoomEvent.Packet(int.MaxValue, -1, int.MinValue, bytes, stranger, (RoomStream)255)));
        await log.AppendAsync(new RoomAppend(RoomEvent.Message(stranger, "hello"u8.ToArray())));
        await log.AppendAsync(new RoomAppend(RoomEvent.Announcement(ReadOnlyMemory<byte>.Empty)));
        await log.LeaveAsync(stranger, LeaveCause.Removed);

        var events = await EventsAsync(log, subscriber);
        var joined = events[0].Member!;
        Assert.Equal((stranger.Id, stranger.Nick, stranger.Session, stranger.Generation, false), (joined.Id, joined.Nick, joined.Session, joined.Generation, joined.IsAway));
        var packet = events[1];
        Assert.Equal((RoomEventKind.Packet, int.MaxValue, -1, int.MinValue, (RoomStream)255), (packet.Kind, packet.Command, packet.P1, packet.P2, packet.Stream));
        Assert.Equal(bytes, packet.Data.ToArray());
        Assert.True(packet.Member!.IsSameAs(stranger));
        Assert.Equal((RoomEventKind.Message, stranger.Nick, "hello", RoomStream.Chat), (events[2].Kind, events[2].Member!.Nick, Text(events[2]), events[2].Stream));
        Assert.Equal((RoomEventKind.Announcement, null, ""), (events[3].Kind, events[3].Member, Text(events[3])));
        Assert.Equal((RoomEventKind.Left, LeaveCause.Removed), (events[4].Kind, events[4].Cause));
    }

    [Fact]
    public async Task An_append_says_where_its_events_stand()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());

        var first = await log.AnnounceAsync("one");
        var second = await log.AnnounceAsync("two");

        await ReachAsync(subscriber, second);
        Assert.Equal(AppendStatus.Appended, first.Status);
        Assert.Equal(subscriber.Events.Select(e => (e.Offset, e.Check, e.Time)), new[] { first, second }.Select(r => (r.Position.Offset, r.Position.Check, r.Time)));
        Assert.Equal(subscriber.Snapshots[0].Position.Epoch, second.Position.Epoch);
        Assert.Equal(subscriber.Position, second.Position);
    }

    [Fact]
    public async Task Events_that_are_appended_together_stand_together()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        RoomEvent[] events = [.. Enumerable.Range(0, 5).Select(i => RoomEvent.Packet(256, i, 0, default))];

        var result = await log.AppendAsync(new RoomAppend(events));

        await ReachAsync(subscriber, result);
        Assert.Equal(4, result.Position.Offset);
        Assert.Equal([0, 1, 2, 3, 4], subscriber.Events.Select(e => e.P1));
        Assert.Single(subscriber.Events.Select(e => e.Time).Distinct());
    }

    [Fact]
    public async Task Of_events_that_are_appended_together_none_is_when_one_cannot_be()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        await log.JoinAsync(_alice);
        RoomEvent[] events = [RoomEvent.Packet(256, 1, 0, default, _alice), RoomEvent.Packet(256, 2, 0, default, _bob)];

        Assert.Equal(AppendStatus.Fenced, (await log.AppendAsync(new RoomAppend(events))).Status);

        Assert.Single(await EventsAsync(log, subscriber));
    }

    [Fact]
    public async Task Time_never_goes_back()
    {
        if (HasOwnClock)
            return;
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        await log.AnnounceAsync("one");
        Time.Advance(TimeSpan.FromSeconds(5));
        await log.AnnounceAsync("two");
        Time.AdjustTime(Time.GetUtcNow() - TimeSpan.FromHours(1));
        var last = await log.AnnounceAsync("three");

        await ReachAsync(subscriber, last);
        var times = subscriber.Events.Select(e => e.Time).ToArray();
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), times[0]);
        Assert.Equal([0, 5000, 5000], times.Select(time => time - times[0]));
        Assert.Equal(times[2], last.Time);
    }

    [Fact]
    public async Task Two_subscribers_see_the_same_order_of_the_events_of_all_authors()
    {
        var store = await CreateStoreAsync();
        var (first, firstSubscriber) = await OpenAsync(store);
        var (second, secondSubscriber) = await OpenAsync(await OpenAnotherStoreAsync(store));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
                await (writer % 2 == 0 ? first : second).AnnounceAsync($"{writer}:{i}");
        })));
        var last = await first.AnnounceAsync("last");
        await ReachAsync(firstSubscriber, last);
        await ReachAsync(secondSubscriber, last);

        var order = secondSubscriber.Events.Select(Text).ToArray();
        Assert.Equal(401, order.Length);
        Assert.Equal(order, firstSubscriber.Events.Select(Text));
        Assert.Equal(firstSubscriber.Events.Select(e => (e.Check, e.Time)), secondSubscriber.Events.Select(e => (e.Check, e.Time)));
        Assert.Null(firstSubscriber.Violation ?? secondSubscriber.Violation);
        for (var writer = 0; writer < 8; writer++)
            Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{writer}:{i}"), order.Where(text => text.StartsWith($"{writer}:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Appends_of_one_author_without_waiting_take_effect_in_the_order_of_the_calls()
    {
        var store = await CreateStoreAsync();
        var (log, subscriber) = await OpenAsync(store);
        var (second, _) = await OpenAsync(store);
        await log.JoinAsync(_alice);
        await log.JoinAsync(_bob);

        var appends = Enumerable.Range(0, 50).Select(i => (i % 3 == 0 ? second : log).SayAsync(i % 2 == 0 ? _alice : _bob, $"{i}").AsTask()).ToArray();
        var results = await Task.WhenAll(appends);

        Assert.All(results, result => Assert.True(result.IsAppended));
        var events = await EventsAsync(log, subscriber);
        foreach (var author in new[] { _alice, _bob })
        {
            var said = events.Where(e => e.Kind == RoomEventKind.Message && e.Member!.Id == author.Id).Select(Text);
            Assert.Equal(Enumerable.Range(0, 50).Where(i => i % 2 == (author == _alice ? 0 : 1)).Select(i => $"{i}"), said);
        }
    }

    [Fact]
    public async Task Room_names_are_compared_byte_by_byte()
    {
        var store = await CreateStoreAsync();
        string[] names = ["lobby", "Lobby", "lobby ", "é", "e\u0301", "ﬁ", "fi", "a/b", "a:b", "{a}", "a%", "a_", "'; --", "👩‍💻", "\u0130", "i"];
        var rooms = new List<(IRoomLog Log, RecordingSubscriber Subscriber)>();
        foreach (var name in names)
            rooms.Add(await OpenAsync(store, name));

        for (var i = 0; i < rooms.Count; i++)
        {
            var said = await rooms[i].Log.AnnounceAsync(names[i]);
            Assert.Equal(0, said.Position.Offset);
            await ReachAsync(rooms[i].Subscriber, said);
        }

        Assert.Equal(names, rooms.Select(room => Text(Assert.Single(room.Subscriber.Events))));
    }

    [Fact]
    public async Task A_store_keeps_copies_of_the_data()
    {
        var store = await CreateStoreAsync();
        var (log, subscriber) = await OpenAsync(store);
        var data = "hello"u8.ToArray();
        RoomEvent[] events = [RoomEvent.Announcement(data), RoomEvent.Packet(256, 7, 0, data)];
        var appending = log.AppendAsync(new RoomAppend(events));
        data.AsSpan().Fill((byte)'x');
        events.AsSpan().Fill(RoomEvent.Announcement("overwritten"u8.ToArray()));
        await appending;
        data = "hello"u8.ToArray();
        var sending = log.AppendAsync(new RoomAppend(RoomEvent.Packet(256, 0, 0, data)));
        data.AsSpan().Fill((byte)'x');
        await ReachAsync(subscriber, await sending);

        string[] expected = ["hello", "hello", "hello"];
        Assert.Equal(expected, subscriber.Events.Select(Text));
        Assert.Equal(expected, (await log.ReadAsync(null, 10, None)).Events.Select(Text));
        var (_, newcomer) = await OpenAsync(store);
        Assert.Equal("hello", Text(newcomer.Snapshots[0].History[0]));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Ten_thousand_rooms_can_be_opened_and_closed()
    {
        var store = await CreateStoreAsync();
        var gone = new List<WeakReference>();
        for (var i = 0; i < ManyRooms; i++)
            gone.Add(await UseRoomAsync(store, $"closed {i}"));

        // The same number concurrently.
        var open = new List<(IRoomLog Log, RecordingSubscriber Subscriber)>();
        for (var i = 0; i < ManyRooms; i++)
            open.Add(await OpenAsync(store, $"open {i}"));
        foreach (var (i, room) in open.Index())
            await ReachAsync(room.Subscriber, await room.Log.AnnounceAsync($"{i}"));
        foreach (var (i, room) in open.Index().Reverse())
        {
            Assert.Equal($"{i}", Text(Assert.Single(room.Subscriber.Events)));
            await room.Log.DisposeAsync();
        }

        _logs.Clear();
        for (var i = 0; i < 10 && gone.Any(static subscriber => subscriber.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        // A call that has just returned may still hold a reference.
        Assert.True(gone.Count(static subscriber => subscriber.IsAlive) <= ManyRooms / 10, "The store holds the subscribers of rooms that were closed.");
    }

    private async Task<WeakReference> UseRoomAsync(IRoomStore store, string name)
    {
        var (log, subscriber) = await OpenAsync(store, name);
        var said = await log.AnnounceAsync("one");
        Assert.Equal(0, said.Position.Offset);
        await ReachAsync(subscriber, said);
        await CloseAsync(log);
        return new WeakReference(subscriber);
    }
}
