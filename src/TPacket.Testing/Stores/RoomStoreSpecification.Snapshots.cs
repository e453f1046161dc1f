using System.Globalization;
using TPacket.Server;
using TPacket.Testing.Stores;

namespace TPacket.Testing;

#pragma warning disable CS1591 // The name of a test is its rule.

// Snapshots, and the events after them.
public abstract partial class RoomStoreSpecification
{
    [Fact]
    public async Task A_subscription_begins_with_a_snapshot_and_continues_after_it()
    {
        var store = await CreateStoreAsync();
        var (first, _) = await OpenAsync(store);
        await first.JoinAsync(_alice);
        await first.SayAsync(_alice, "one");
        await first.AppendAsync(Packet(256, 0, 0, ""));
        await first.AnnounceAsync("two");

        var (second, subscriber) = await OpenAsync(store);
        var last = await second.AnnounceAsync("after");

        await ReachAsync(subscriber, last);
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
    public async Task The_snapshot_comes_before_the_room_is_open()
    {
        var store = await CreateStoreAsync();
        var subscriber = new RecordingSubscriber();

        var log = await store.OpenAsync(Room, subscriber, None).AsTask().WaitAsync(Deadline, TimeProvider.System);
        var snapshots = subscriber.Snapshots.Length;
        await log.DisposeAsync();

        Assert.Equal(1, snapshots);
    }

    [Fact]
    public async Task A_subscription_among_appends_misses_nothing_and_gets_nothing_twice()
    {
        const int Writers = 4;
        const int Each = 15;
        for (var round = 0; round < 20; round++)
        {
            var store = await CreateStoreAsync();
            var (log, witness) = await OpenAsync(store);
            var another = await OpenAnotherStoreAsync(store);
            using var start = new Barrier(Writers + 1);
            var writers = Enumerable.Range(0, Writers).Select(writer => Task.Factory.StartNew(async () =>
            {
                start.SignalAndWait();
                for (var i = 0; i < Each; i++)
                    await log.AnnounceAsync($"{writer}:{i}");
            }, None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()).ToArray();

            start.SignalAndWait();
            var (_, subscriber) = await OpenAsync(another);
            await Task.WhenAll(writers);
            var last = await log.AnnounceAsync("last");
            await ReachAsync(witness, last);
            await ReachAsync(subscriber, last);

            var seen = subscriber.Snapshots[0].History.Concat(subscriber.Events).Select(e => (e.Offset, Text(e)));
            Assert.Equal(witness.Events.Select(e => (e.Offset, Text(e))), seen);
            await CloseAllAsync();
        }
    }

    [Fact]
    public async Task A_snapshot_is_of_one_position_while_others_come_speak_and_go()
    {
        var store = await CreateStoreAsync();
        var (log, witness) = await OpenAsync(store);
        var another = await OpenAnotherStoreAsync(store);
        var start = witness.Position;
        var opened = new List<RecordingSubscriber>();
        for (var round = 0; round < 5; round++)
        {
            var writers = Enumerable.Range(0, 3).Select(writer => Task.Run(() => LiveAsync(log, round, writer))).ToArray();
            for (var i = 0; i < 4; i++)
                opened.Add((await OpenAsync(another)).Subscriber);
            await Task.WhenAll(writers);
        }

        var last = await log.AnnounceAsync("last");
        await ReachAsync(witness, last);
        RoomEvent[] all = witness.Events;
        foreach (var subscriber in opened)
        {
            await ReachAsync(subscriber, last);
            var snapshot = subscriber.Snapshots[0];
            var count = (int)snapshot.Position.Offset + 1;
            Assert.Equal(count == 0 ? start.Check : all[count - 1].Check, snapshot.Position.Check);
            Assert.Equal(MembersAfter(all[..count]), snapshot.Members.Select(Describe).Order(StringComparer.Ordinal));
            var chat = all[..count].Where(e => e.IsHistory).Select(e => e.Offset).ToArray();
            Assert.Equal(chat[^snapshot.History.Count..], snapshot.History.Select(e => e.Offset));
            Assert.Equal(
                all[..count].GroupBy(e => e.Stream).Select(stream => new StreamHead(stream.Key, stream.Last().Offset, stream.Last().Check)).OrderBy(head => head.Stream),
                snapshot.Streams.OrderBy(head => head.Stream));
            Assert.Null(subscriber.Violation);
            Assert.Equal(all[count..].Select(Content), subscriber.Events.Select(Content));
        }
    }

    [Fact]
    public async Task The_oldest_messages_are_dropped_where_the_store_has_a_bound()
    {
        var store = await CreateStoreAsync();
        var (log, _) = await OpenAsync(store);
        var many = (HistoryMessages ?? 100) + 3;
        for (var i = 0; i < many; i++)
            await log.AnnounceAsync(i.ToString(CultureInfo.InvariantCulture));

        var (_, newcomer) = await OpenAsync(store);

        var dropped = HistoryMessages is null ? 0 : 3;
        Assert.Equal(Enumerable.Range(dropped, many - dropped).Select(i => i.ToString(CultureInfo.InvariantCulture)), newcomer.Snapshots[0].History.Select(Text));
    }

    [Fact]
    public async Task A_page_or_snapshot_does_not_change_when_the_log_continues()
    {
        var store = await CreateStoreAsync();
        var (log, _) = await OpenAsync(store);
        await log.AnnounceAsync("first");
        var page = await log.ReadAsync(null, 10, None);
        var (_, newcomer) = await OpenAsync(store);

        for (var i = 0; i < 300; i++)
            await log.AnnounceAsync("other");

        Assert.Equal("first", Text(page.Events[0]));
        Assert.Equal("first", Text(newcomer.Snapshots[0].History[0]));
    }

    /// <summary>Appends joins, messages and changes of nick of a few users. Every second user leaves.</summary>
    private static async Task LiveAsync(IRoomLog log, int round, int writer)
    {
        for (var i = 0; i < 4; i++)
        {
            var number = (((round * 3) + writer) * 4) + i;
            var guest = new RoomMember(0x2000 + number, $"guest {number}", session: 1000 + number);
            await log.JoinAsync(guest);
            await log.SayAsync(guest, $"{number}");
            await log.RenameAsync(guest, $"friend {number}");
            await log.SendAsync(number, stream: Board);
            if (i % 2 == 1)
                await log.LeaveAsync(guest);
        }
    }

    private static IEnumerable<string> MembersAfter(IEnumerable<RoomEvent> events)
    {
        var members = new Dictionary<int, RoomMember>();
        foreach (var roomEvent in events.Where(e => e.ChangesRoster))
        {
            if (roomEvent.Kind == RoomEventKind.Left)
                members.Remove(roomEvent.Member!.Id);
            else
                members[roomEvent.Member!.Id] = roomEvent.Member;
        }

        return members.Values.Select(Describe).Order(StringComparer.Ordinal);
    }

    private static string Describe(RoomMember member) => $"{member.Id} {member.Nick} {member.Session} {member.Generation} {member.IsAway}";
}
