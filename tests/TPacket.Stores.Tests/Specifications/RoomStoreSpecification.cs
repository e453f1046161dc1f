using System.Globalization;
using System.Text;
using TPacket.Server;

namespace TPacket.Stores.Tests.Specifications;

/// <summary>What every room store keeps to. An implementation derives this class and says how it is made.</summary>
public abstract class RoomStoreSpecification
{
    private const string Room = "lobby";

    private static readonly RoomMember _alice = new(0x1000, "alice");
    private static readonly RoomMember _bob = new(0x1001, "bob");

    /// <summary>How many messages a room remembers, if there is a bound; at least 60.</summary>
    protected abstract int? HistoryMessages { get; }

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task The_first_event_has_offset_0_and_each_that_follows_one_more()
    {
        var (log, subscriber) = await OpenAsync(CreateStore());

        Assert.Equal(0, (await log.JoinAsync(_alice, None)).Offset);
        Assert.Equal(1, await log.AppendAsync(Message("one"), null, None));
        Assert.Equal(2, await log.AppendAsync(RoomEvent.Packet(256, 1, 2, "data"u8.ToArray()), null, None));
        await log.LeaveAsync(_alice.Id, None);

        Assert.Equal([0L, 1L, 2L, 3L], subscriber.Told.Select(e => e.Offset));
        Assert.Equal([RoomEventKind.Joined, RoomEventKind.Message, RoomEventKind.Packet, RoomEventKind.Left], subscriber.Told.Select(e => e.Kind));
    }

    [Fact]
    public async Task A_subscriber_is_told_everything_that_an_event_has()
    {
        var (log, subscriber) = await OpenAsync(CreateStore());

        await log.AppendAsync(RoomEvent.Packet(300, -1, int.MaxValue, "data"u8.ToArray()), null, None);
        await log.AppendAsync(Message("hello"), null, None);
        await log.AppendAsync(RoomEvent.Announcement("quiet, please"u8.ToArray()), null, None);

        var packet = subscriber.Told[0];
        Assert.Equal((RoomEventKind.Packet, 300, -1, int.MaxValue, "data"), (packet.Kind, packet.Command, packet.P1, packet.P2, Text(packet)));
        var message = subscriber.Told[1];
        Assert.Equal((RoomEventKind.Message, _alice.Id, "alice", "hello"), (message.Kind, message.Member!.Id, message.Member.Nick, Text(message)));
        var announcement = subscriber.Told[2];
        Assert.Equal((RoomEventKind.Announcement, null, "quiet, please"), (announcement.Kind, announcement.Member, Text(announcement)));
    }

    [Fact]
    public async Task A_subscriber_is_told_before_the_append_completes()
    {
        var (log, subscriber) = await OpenAsync(CreateStore());

        for (var i = 0; i < 20; i++)
        {
            var offset = await log.AppendAsync(Message($"{i}"), null, None);
            Assert.Equal(offset, subscriber.Told[^1].Offset);
        }

        var snapshot = await log.JoinAsync(_bob, None);
        Assert.Equal(snapshot.Offset, subscriber.Told[^1].Offset);
        await log.LeaveAsync(_bob.Id, None);
        Assert.Equal(RoomEventKind.Left, subscriber.Told[^1].Kind);
    }

    [Fact]
    public async Task An_event_with_the_expected_offset_is_appended()
    {
        var (log, _) = await OpenAsync(CreateStore());

        Assert.Equal(0, await log.AppendAsync(Message("one"), 0, None));
        Assert.Equal(1, await log.AppendAsync(Message("two"), 1, None));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task An_event_with_another_offset_than_the_expected_is_not_appended(long expected)
    {
        var (log, subscriber) = await OpenAsync(CreateStore());
        await log.AppendAsync(Message("one"), null, None);

        Assert.Null(await log.AppendAsync(Message("two"), expected, None));

        Assert.Single(subscriber.Told);
        Assert.Equal(1, await log.AppendAsync(Message("three"), null, None));
    }

    [Fact]
    public async Task Of_many_that_expect_the_same_offset_one_is_appended()
    {
        var (log, subscriber) = await OpenAsync(CreateStore());

        var offsets = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(async () => await log.AppendAsync(Message($"{i}"), 0, None))));

        Assert.Equal(0, Assert.Single(offsets, offset => offset is not null));
        Assert.Single(subscriber.Told);
    }

    [Fact]
    public async Task Two_subscribers_see_the_same_order_whoever_appends()
    {
        var store = CreateStore();
        var (first, firstSubscriber) = await OpenAsync(store);
        var (second, secondSubscriber) = await OpenAsync(store);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
                await (writer % 2 == 0 ? first : second).AppendAsync(Message($"{writer}:{i}"), null, None);
        })));
        // What appends waits for its own subscriber only; this waits for the other one's as well.
        await first.AppendAsync(Message("last"), null, None);
        await second.AppendAsync(Message("very last"), null, None);

        var order = secondSubscriber.Told.Select(Text).ToArray();
        Assert.Equal(402, order.Length);
        Assert.Equal(order.Take(401), firstSubscriber.Told.Select(Text).Take(401));
        Assert.Equal(Enumerable.Range(0, 402).Select(i => (long)i), secondSubscriber.Told.Select(e => e.Offset));
        Assert.False(firstSubscriber.WasInterrupted || secondSubscriber.WasInterrupted);
        for (var writer = 0; writer < 8; writer++)
            Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{writer}:{i}"), order.Where(text => text.StartsWith($"{writer}:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_subscriber_is_told_from_the_logs_end_on()
    {
        var store = CreateStore();
        var (first, _) = await OpenAsync(store);
        await first.AppendAsync(Message("before"), null, None);

        var (second, subscriber) = await OpenAsync(store);
        await second.AppendAsync(Message("after"), null, None);

        Assert.Equal("after", Text(Assert.Single(subscriber.Told)));
        Assert.Equal(1, subscriber.Told[0].Offset);
    }

    [Fact]
    public async Task Rooms_are_told_apart_byte_by_byte()
    {
        var store = CreateStore();
        var (lobby, subscriber) = await OpenAsync(store);
        await using var upper = await store.OpenAsync("Lobby", new RecordingSubscriber(), None);

        await upper.AppendAsync(Message("elsewhere"), null, None);

        Assert.Empty(subscriber.Told);
        Assert.Equal(0, await lobby.AppendAsync(Message("here"), null, None));
    }

    [Fact]
    public async Task The_snapshot_of_a_join_has_everybody_and_what_was_said()
    {
        var (log, _) = await OpenAsync(CreateStore());
        await log.JoinAsync(_alice, None);
        await log.AppendAsync(Message("one"), null, None);
        await log.AppendAsync(RoomEvent.Packet(256, 0, 0, default), null, None);
        await log.AppendAsync(RoomEvent.Announcement("two"u8.ToArray()), null, None);

        var snapshot = await log.JoinAsync(_bob, None);

        Assert.Equal(4, snapshot.Offset);
        Assert.Equal(["alice", "bob"], snapshot.Members.Select(member => member.Nick).Order(StringComparer.Ordinal));
        Assert.Equal(["one", "two"], snapshot.History.Select(Text));
        Assert.Equal("alice", snapshot.History[0].Member!.Nick);
        Assert.Null(snapshot.History[1].Member);
    }

    [Fact]
    public async Task A_join_among_appends_misses_nothing_and_gets_nothing_twice()
    {
        const int Writers = 4;
        const int Each = 15;
        for (var round = 0; round < 20; round++)
        {
            var (log, subscriber) = await OpenAsync(CreateStore());
            using var start = new Barrier(Writers + 1);
            var writers = Enumerable.Range(0, Writers).Select(writer => Task.Factory.StartNew(async () =>
            {
                start.SignalAndWait();
                for (var i = 0; i < Each; i++)
                    await log.AppendAsync(Message($"{writer}:{i}"), null, None);
            }, None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()).ToArray();

            start.SignalAndWait();
            var snapshot = await log.JoinAsync(_bob, None);
            await Task.WhenAll(writers);

            var before = snapshot.History.Select(e => e.Offset);
            var after = subscriber.Told.Where(e => e.Offset > snapshot.Offset).Select(e => e.Offset);
            var all = subscriber.Told.Where(e => e.Kind == RoomEventKind.Message).Select(e => e.Offset);
            Assert.Equal(all, before.Concat(after));
            Assert.Equal(RoomEventKind.Joined, subscriber.Told[(int)snapshot.Offset].Kind);
        }
    }

    [Fact]
    public async Task A_leave_takes_the_member_off_the_roster()
    {
        var (log, subscriber) = await OpenAsync(CreateStore());
        await log.JoinAsync(_alice, None);
        await log.LeaveAsync(_alice.Id, None);

        var snapshot = await log.JoinAsync(_bob, None);

        Assert.Equal("bob", Assert.Single(snapshot.Members).Nick);
        Assert.Equal("alice", subscriber.Told[1].Member!.Nick);
    }

    [Fact]
    public async Task A_second_leave_and_the_leave_of_a_stranger_tell_nothing()
    {
        var (log, subscriber) = await OpenAsync(CreateStore());
        await log.JoinAsync(_alice, None);

        await log.LeaveAsync(_alice.Id, None);
        await log.LeaveAsync(_alice.Id, None);
        await log.LeaveAsync(4711, None);

        Assert.Single(subscriber.Told, e => e.Kind == RoomEventKind.Left);
        Assert.Equal(2, subscriber.Told.Length);
    }

    [Fact]
    public async Task Who_has_left_can_come_again()
    {
        var (log, _) = await OpenAsync(CreateStore());
        await log.JoinAsync(_alice, None);
        await log.LeaveAsync(_alice.Id, None);

        Assert.Equal("alice", Assert.Single((await log.JoinAsync(_alice, None)).Members).Nick);
    }

    [Fact]
    public async Task A_rename_shows_in_the_roster_and_in_the_leave()
    {
        var (log, subscriber) = await OpenAsync(CreateStore());
        await log.JoinAsync(_alice, None);

        await log.AppendAsync(RoomEvent.Renamed(new RoomMember(_alice.Id, "alicia"), "alice"u8.ToArray()), null, None);
        var snapshot = await log.JoinAsync(_bob, None);
        await log.LeaveAsync(_alice.Id, None);

        Assert.Equal(["alicia", "bob"], snapshot.Members.Select(member => member.Nick).Order(StringComparer.Ordinal));
        Assert.Equal(("alicia", "alice"), (subscriber.Told[1].Member!.Nick, Text(subscriber.Told[1])));
        Assert.Equal("alicia", subscriber.Told[^1].Member!.Nick);
    }

    [Fact]
    public async Task Events_are_read_from_an_offset_on_in_pages()
    {
        var (log, subscriber) = await OpenAsync(CreateStore());
        await log.JoinAsync(_alice, None);
        for (var i = 1; i < 10; i++)
            await log.AppendAsync(i % 3 == 0 ? RoomEvent.Packet(256, i, 0, default) : Message($"{i}"), null, None);

        var all = new List<RoomEvent>();
        var from = 2L;
        RoomPage page;
        do
        {
            page = await log.ReadAsync(from, 3, None);
            Assert.True(page.IsComplete);
            Assert.InRange(page.Events.Count, 0, 3);
            all.AddRange(page.Events);
            from = page.NextOffset;
        }
        while (page.Events.Count > 0);

        Assert.Equal(10, page.NextOffset);
        Assert.Equal(subscriber.Told.Skip(2).Select(e => (e.Offset, e.Kind, e.P1, Text(e))), all.Select(e => (e.Offset, e.Kind, e.P1, Text(e))));
    }

    [Fact]
    public async Task Beyond_the_end_there_is_nothing_to_read()
    {
        var (log, _) = await OpenAsync(CreateStore());

        var empty = await log.ReadAsync(0, 10, None);
        await log.AppendAsync(Message("one"), null, None);
        var end = await log.ReadAsync(1, 10, None);

        Assert.Equal((true, 0L, 0), (empty.IsComplete, empty.NextOffset, empty.Events.Count));
        Assert.Equal((true, 1L, 0), (end.IsComplete, end.NextOffset, end.Events.Count));
    }

    [Fact]
    public async Task The_oldest_messages_are_dropped_where_the_store_has_a_bound()
    {
        var (log, _) = await OpenAsync(CreateStore());
        var many = (HistoryMessages ?? 100) + 3;
        for (var i = 0; i < many; i++)
            await log.AppendAsync(Message(i.ToString(CultureInfo.InvariantCulture)), null, None);

        var snapshot = await log.JoinAsync(_bob, None);
        var page = await log.ReadAsync(0, int.MaxValue, None);

        var dropped = HistoryMessages is null ? 0 : 3;
        Assert.Equal(Enumerable.Range(dropped, many - dropped).Select(i => i.ToString(CultureInfo.InvariantCulture)), snapshot.History.Select(Text));
        Assert.Equal(dropped == 0, page.IsComplete);
        Assert.True((await log.ReadAsync(dropped, int.MaxValue, None)).IsComplete);
        Assert.Equal(dropped, page.Events[0].Offset);
    }

    [Fact]
    public async Task A_disposed_log_tells_its_subscriber_nothing_more_and_others_still()
    {
        var store = CreateStore();
        var (first, gone) = await OpenAsync(store);
        var (second, subscriber) = await OpenAsync(store);

        await first.DisposeAsync();
        await first.DisposeAsync();
        await second.AppendAsync(Message("one"), null, None);

        Assert.Empty(gone.Told);
        Assert.Single(subscriber.Told);
    }

    [Fact]
    public async Task What_is_kept_is_a_copy_of_the_data()
    {
        var (log, _) = await OpenAsync(CreateStore());
        var data = "hello"u8.ToArray();
        await log.AppendAsync(RoomEvent.Message(_alice, data), null, None);
        await log.AppendAsync(RoomEvent.Packet(256, 0, 0, data), null, None);

        data.AsSpan().Fill((byte)'x');

        Assert.Equal(["hello", "hello"], (await log.ReadAsync(0, 10, None)).Events.Select(Text));
        Assert.Equal("hello", Text((await log.JoinAsync(_bob, None)).History[0]));
    }

    [Fact]
    public async Task What_was_read_does_not_change_when_the_log_goes_on()
    {
        var (log, _) = await OpenAsync(CreateStore());
        await log.AppendAsync(Message("first"), null, None);
        var page = await log.ReadAsync(0, 10, None);
        var snapshot = await log.JoinAsync(_bob, None);

        for (var i = 0; i < 300; i++)
            await log.AppendAsync(Message("other"), null, None);

        Assert.Equal("first", Text(page.Events[0]));
        Assert.Equal("first", Text(snapshot.History[0]));
    }

    /// <summary>Makes a store without rooms.</summary>
    protected abstract IRoomStore CreateStore();

    private static async Task<(IRoomLog Log, RecordingSubscriber Subscriber)> OpenAsync(IRoomStore store)
    {
        var subscriber = new RecordingSubscriber();
        return (await store.OpenAsync(Room, subscriber, None), subscriber);
    }

    private static RoomEvent Message(string text) => RoomEvent.Message(_alice, Encoding.UTF8.GetBytes(text));

    private static string Text(RoomEvent roomEvent) => Encoding.UTF8.GetString(roomEvent.Data.Span);
}
