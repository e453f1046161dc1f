using System.Globalization;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server;

namespace TPacket.Stores.Tests.Specifications;

/// <summary>What every room store keeps to. An implementation derives this class and says how it is made.</summary>
public abstract partial class RoomStoreSpecification
{
    private const string Room = "lobby";

    private static readonly RoomMember _alice = new(0x1000, "alice", session: 1);
    private static readonly RoomMember _bob = new(0x1001, "bob", session: 2);

    /// <summary>How many messages a room remembers, if there is a bound; at least 60.</summary>
    protected abstract int? HistoryMessages { get; }

    /// <summary>The clock of the store; starts at 2026-01-01.</summary>
    protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task The_first_event_has_offset_0_and_each_that_follows_one_more()
    {
        var (log, subscriber) = await OpenAsync(CreateStore());

        Assert.Equal(0, (await log.JoinAsync(_alice)).Position.Offset);
        Assert.Equal(1, (await log.SayAsync(_alice, "one")).Position.Offset);
        Assert.Equal(2, (await log.AppendAsync(Packet(256, 1, 2, "data"))).Position.Offset);
        Assert.Equal(3, (await log.LeaveAsync(_alice)).Position.Offset);

        Assert.Equal([0L, 1L, 2L, 3L], subscriber.Events.Select(e => e.Offset));
        Assert.Equal([RoomEventKind.Joined, RoomEventKind.Message, RoomEventKind.Packet, RoomEventKind.Left], subscriber.Events.Select(e => e.Kind));
    }

    [Fact]
    public async Task A_subscriber_receives_everything_that_an_event_has()
    {
        var (log, subscriber) = await OpenAsync(CreateStore());
        await log.JoinAsync(_alice);

        await log.AppendAsync(new RoomAppend(RoomEvent.Packet(300, -1, int.MaxValue, "data"u8.ToArray(), _alice, (RoomStream)64)));
        await log.SayAsync(_alice, "hello");
        await log.AnnounceAsync("quiet, please");
        await log.LeaveAsync(_alice, LeaveCause.Removed);

        var packet = subscriber.Events[1];
        Assert.Equal((RoomEventKind.Packet, 300, -1, int.MaxValue, "data", (RoomStream)64), (packet.Kind, packet.Command, packet.P1, packet.P2, Text(packet), packet.Stream));
        Assert.True(packet.Member!.IsSameAs(_alice));
        var message = subscriber.Events[2];
        Assert.Equal((RoomEventKind.Message, _alice.Id, "alice", "hello", RoomStream.Chat), (message.Kind, message.Member!.Id, message.Member.Nick, Text(message), message.Stream));
        var announcement = subscriber.Events[3];
        Assert.Equal((RoomEventKind.Announcement, null, "quiet, please"), (announcement.Kind, announcement.Member, Text(announcement)));
        Assert.Equal((RoomEventKind.Left, LeaveCause.Removed), (subscriber.Events[4].Kind, subscriber.Events[4].Cause));
    }

    [Fact]
    public async Task An_append_says_where_its_events_stand()
    {
        var (log, subscriber) = await OpenAsync(CreateStore());

        var first = await log.AnnounceAsync("one");
        var second = await log.AnnounceAsync("two");

        await ReachAsync(subscriber, second.Position);
        Assert.Equal(AppendStatus.Appended, first.Status);
        Assert.Equal(subscriber.Events.Select(e => (e.Offset, e.Check, e.Time)), new[] { first, second }.Select(r => (r.Position.Offset, r.Position.Check, r.Time)));
        Assert.Equal(subscriber.Snapshots[0].Position.Epoch, second.Position.Epoch);
        Assert.Equal(subscriber.Position, second.Position);
    }

    [Fact]
    public async Task Events_that_are_appended_together_stand_together()
    {
        var (log, subscriber) = await OpenAsync(CreateStore());
        RoomEvent[] events = [.. Enumerable.Range(0, 5).Select(i => RoomEvent.Packet(256, i, 0, default))];

        var result = await log.AppendAsync(new RoomAppend(events));

        await ReachAsync(subscriber, result.Position);
        Assert.Equal(4, result.Position.Offset);
        Assert.Equal([0, 1, 2, 3, 4], subscriber.Events.Select(e => e.P1));
        Assert.Single(subscriber.Events.Select(e => e.Time).Distinct());
    }

    [Fact]
    public async Task Of_events_that_are_appended_together_none_is_when_one_cannot_be()
    {
        var (log, subscriber) = await OpenAsync(CreateStore());
        await log.JoinAsync(_alice);
        RoomEvent[] events = [RoomEvent.Packet(256, 1, 0, default, _alice), RoomEvent.Packet(256, 2, 0, default, _bob)];

        Assert.Equal(AppendStatus.Fenced, (await log.AppendAsync(new RoomAppend(events))).Status);

        Assert.Single(subscriber.Events);
    }

    [Fact]
    public async Task Time_never_goes_back()
    {
        Time.AutoAdvanceAmount = TimeSpan.Zero;
        var (log, subscriber) = await OpenAsync(CreateStore());
        await log.AnnounceAsync("one");
        Time.Advance(TimeSpan.FromSeconds(5));
        await log.AnnounceAsync("two");
        Time.AdjustTime(Time.GetUtcNow() - TimeSpan.FromHours(1));
        var last = await log.AnnounceAsync("three");

        await ReachAsync(subscriber, last.Position);
        var times = subscriber.Events.Select(e => e.Time).ToArray();
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), times[0]);
        Assert.Equal([0, 5000, 5000], times.Select(time => time - times[0]));
        Assert.Equal(times[2], last.Time);
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
                await (writer % 2 == 0 ? first : second).AnnounceAsync($"{writer}:{i}");
        })));
        var last = await first.AnnounceAsync("last");
        await ReachAsync(firstSubscriber, last.Position);
        await ReachAsync(secondSubscriber, last.Position);

        var order = secondSubscriber.Events.Select(Text).ToArray();
        Assert.Equal(401, order.Length);
        Assert.Equal(order, firstSubscriber.Events.Select(Text));
        Assert.Equal(firstSubscriber.Events.Select(e => (e.Check, e.Time)), secondSubscriber.Events.Select(e => (e.Check, e.Time)));
        Assert.False(firstSubscriber.WasInterrupted || secondSubscriber.WasInterrupted || firstSubscriber.HasSeenGap || secondSubscriber.HasSeenGap);
        for (var writer = 0; writer < 8; writer++)
            Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{writer}:{i}"), order.Where(text => text.StartsWith($"{writer}:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_subscription_begins_with_a_snapshot_and_goes_on_behind_it()
    {
        var store = CreateStore();
        var (first, _) = await OpenAsync(store);
        await first.JoinAsync(_alice);
        await first.SayAsync(_alice, "one");
        await first.AppendAsync(Packet(256, 0, 0, ""));
        await first.AnnounceAsync("two");

        var (second, subscriber) = await OpenAsync(store);
        var last = await second.AnnounceAsync("after");

        await ReachAsync(subscriber, last.Position);
        var snapshot = Assert.Single(subscriber.Snapshots);
        Assert.Equal(3, snapshot.Position.Offset);
        Assert.Equal("alice", Assert.Single(snapshot.Members).Nick);
        Assert.Equal(["one", "two"], snapshot.History.Select(Text));
        Assert.Equal([1L, 3L], snapshot.History.Select(e => e.Offset));
        Assert.Equal("alice", snapshot.History[0].Member!.Nick);
        Assert.Null(snapshot.History[1].Member);
        Assert.Equal(
            [(RoomStream.Presence, 0L), (RoomStream.Chat, 3L), (RoomStream.Application, 2L)],
            snapshot.Streams.OrderBy(head => head.Stream).Select(head => (head.Stream, head.Offset)));
        Assert.Equal("after", Text(Assert.Single(subscriber.Events)));
    }

    [Fact]
    public async Task A_subscription_among_appends_misses_nothing_and_gets_nothing_twice()
    {
        const int Writers = 4;
        const int Each = 15;
        for (var round = 0; round < 20; round++)
        {
            var store = CreateStore();
            var (log, witness) = await OpenAsync(store);
            using var start = new Barrier(Writers + 1);
            var writers = Enumerable.Range(0, Writers).Select(writer => Task.Factory.StartNew(async () =>
            {
                start.SignalAndWait();
                for (var i = 0; i < Each; i++)
                    await log.AnnounceAsync($"{writer}:{i}");
            }, None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()).ToArray();

            start.SignalAndWait();
            var (_, subscriber) = await OpenAsync(store);
            await Task.WhenAll(writers);
            var last = await log.AnnounceAsync("last");
            await ReachAsync(witness, last.Position);
            await ReachAsync(subscriber, last.Position);

            var seen = subscriber.Snapshots[0].History.Concat(subscriber.Events).Select(e => (e.Offset, Text(e)));
            Assert.Equal(witness.Events.Select(e => (e.Offset, Text(e))), seen);
        }
    }

    [Fact]
    public async Task Rooms_are_told_apart_byte_by_byte()
    {
        var store = CreateStore();
        var (lobby, subscriber) = await OpenAsync(store);
        await using var upper = await store.OpenAsync("Lobby", new RecordingSubscriber(), None);

        await upper.AnnounceAsync("elsewhere");

        Assert.Empty(subscriber.Events);
        Assert.Equal(0, (await lobby.AnnounceAsync("here")).Position.Offset);
    }

    [Fact]
    public async Task The_oldest_messages_are_dropped_where_the_store_has_a_bound()
    {
        var store = CreateStore();
        var (log, _) = await OpenAsync(store);
        var many = (HistoryMessages ?? 100) + 3;
        for (var i = 0; i < many; i++)
            await log.AnnounceAsync(i.ToString(CultureInfo.InvariantCulture));

        var (_, newcomer) = await OpenAsync(store);

        var dropped = HistoryMessages is null ? 0 : 3;
        Assert.Equal(Enumerable.Range(dropped, many - dropped).Select(i => i.ToString(CultureInfo.InvariantCulture)), newcomer.Snapshots[0].History.Select(Text));
    }

    [Fact]
    public async Task A_log_that_is_disposed_of_delivers_nothing_more_and_others_still_do()
    {
        var store = CreateStore();
        var (first, gone) = await OpenAsync(store);
        var (second, subscriber) = await OpenAsync(store);

        await first.DisposeAsync();
        await first.DisposeAsync();
        var last = await second.AnnounceAsync("one");

        await ReachAsync(subscriber, last.Position);
        Assert.Empty(gone.Events);
        Assert.Single(subscriber.Events);
    }

    [Fact]
    public async Task A_store_keeps_copies_of_the_data()
    {
        var store = CreateStore();
        var (log, _) = await OpenAsync(store);
        var data = "hello"u8.ToArray();
        var announcing = log.AppendAsync(new RoomAppend(RoomEvent.Announcement(data)));
        data.AsSpan().Fill((byte)'x');
        await announcing;
        data = "hello"u8.ToArray();
        var sending = log.AppendAsync(new RoomAppend(RoomEvent.Packet(256, 0, 0, data)));
        data.AsSpan().Fill((byte)'x');
        await sending;

        Assert.Equal(["hello", "hello"], (await log.ReadAsync(null, 10, None)).Events.Select(Text));
        var (_, newcomer) = await OpenAsync(store);
        Assert.Equal("hello", Text(newcomer.Snapshots[0].History[0]));
    }

    [Fact]
    public async Task A_page_or_snapshot_does_not_change_when_the_log_goes_on()
    {
        var store = CreateStore();
        var (log, _) = await OpenAsync(store);
        await log.AnnounceAsync("first");
        var page = await log.ReadAsync(null, 10, None);
        var (_, newcomer) = await OpenAsync(store);

        for (var i = 0; i < 300; i++)
            await log.AnnounceAsync("other");

        Assert.Equal("first", Text(page.Events[0]));
        Assert.Equal("first", Text(newcomer.Snapshots[0].History[0]));
    }

    [Fact]
    public async Task A_subscriber_that_throws_is_reset_and_harms_nobody()
    {
        var store = CreateStore();
        var (log, healthy) = await OpenAsync(store);
        var (_, faulty) = await OpenAsync(store);
        faulty.FailingEvents = 1;

        Assert.True((await log.AnnounceAsync("lost on it")).IsAppended);
        var last = await log.AnnounceAsync("heard");

        await ReachAsync(healthy, last.Position);
        await ReachAsync(faulty, last.Position);
        Assert.Equal(["lost on it", "heard"], healthy.Events.Select(Text));
        Assert.Equal(2, faulty.Snapshots.Length);
        Assert.Equal(["lost on it"], faulty.Snapshots[1].History.Select(Text));
        Assert.Equal(["heard"], faulty.Events.Select(Text));
        Assert.Null(faulty.Lost);
    }

    [Fact]
    public async Task A_subscriber_that_cannot_be_reset_is_lost_and_harms_nobody()
    {
        var store = CreateStore();
        var (log, healthy) = await OpenAsync(store);
        var (_, faulty) = await OpenAsync(store);
        (faulty.FailingEvents, faulty.FailsToReset) = (1, true);

        await log.AnnounceAsync("one");
        var last = await log.AnnounceAsync("two");

        await ReachAsync(healthy, last.Position);
        Assert.Equal(2, healthy.Events.Length);
        Assert.Empty(faulty.Events);
        Assert.IsType<InvalidDataException>(faulty.Lost);
    }

    [Fact]
    public async Task Ten_thousand_rooms_can_be_opened_and_closed()
    {
        var store = CreateStore();
        for (var i = 0; i < 10_000; i++)
        {
            var log = await store.OpenAsync($"room {i}", new RecordingSubscriber(), None);
            Assert.Equal(0, (await log.AnnounceAsync("one")).Position.Offset);
            await log.DisposeAsync();
        }
    }

    /// <summary>Makes a store without rooms, on <see cref="Time"/>.</summary>
    protected abstract IRoomStore CreateStore();

    /// <summary>Waits until a subscriber has everything up to a position.</summary>
    protected virtual Task ReachAsync(RecordingSubscriber subscriber, RoomPosition position) => Task.CompletedTask;

    private static async Task<(IRoomLog Log, RecordingSubscriber Subscriber)> OpenAsync(IRoomStore store)
    {
        var subscriber = new RecordingSubscriber();
        return (await store.OpenAsync(Room, subscriber, None), subscriber);
    }

    private static RoomAppend Packet(int command, int p1, int p2, string data) => new(RoomEvent.Packet(command, p1, p2, Encoding.UTF8.GetBytes(data)));

    private static string Text(RoomEvent roomEvent) => Encoding.UTF8.GetString(roomEvent.Data.Span);
}
