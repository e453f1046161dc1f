using System.Text;
using Microsoft.Extensions.Time.Testing;
using TPacket.Server;
using TPacket.Sqlite.Tests.Harness;
using TPacket.Testing.Stores;

namespace TPacket.Sqlite.Tests.Rooms;

/// <summary>The content of a store after a restart.</summary>
public sealed class RestartTests : IDisposable
{
    private static readonly RoomMember _alice = new(0x1000, "alice", session: 1);
    private static readonly RoomMember _bob = new(0x1001, "bob", session: 2);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Messages_are_stored_once_and_in_order_with_the_same_positions()
    {
        RoomEvent[] before;
        RoomPosition last;
        await using (var store = Start())
        {
            var (log, subscriber) = await store.OpenAsync();
            await log.JoinAsync(_alice);
            for (var i = 0; i < 20; i++)
                await log.SayAsync(_alice, $"{i}");
            await log.AppendAsync(new RoomAppend(RoomEvent.Packet(300, -1, int.MaxValue, "data"u8.ToArray(), _alice, (RoomStream)64)));
            await log.LeaveAsync(_alice, LeaveCause.Moved);
            (before, last) = (subscriber.Events, subscriber.Position);
        }

        await using var again = Start();
        var (reopened, newcomer) = await again.OpenAsync();

        var snapshot = Assert.Single(newcomer.Snapshots);
        Assert.Equal(last, snapshot.Position);
        Assert.Empty(snapshot.Members);
        Assert.Equal(before.Where(e => e.IsHistory).Select(Describe), snapshot.History.Select(Describe));
        Assert.Equal(3, snapshot.Streams.Count);
        Assert.Equal(before.Select(Describe), (await reopened.ReadAsync(null, 1000, default)).Events.Select(Describe));
        var next = await reopened.AnnounceAsync("next");
        Assert.Equal((last.Epoch, last.Offset + 1), (next.Position.Epoch, next.Position.Offset));
    }

    [Fact]
    public async Task Members_of_an_earlier_run_leave_once_before_anything_else()
    {
        RoomPosition last;
        await using (var store = Start())
        {
            var (log, _) = await store.OpenAsync();
            await log.JoinAsync(_alice);
            await log.JoinAsync(_bob);
            await log.AppendAsync(new RoomAppend(RoomEvent.Away(_bob)));
            last = (await log.SayAsync(_alice, "still here")).Position;
        }

        for (var run = 0; run < 2; run++)
        {
            await using var again = Start();
            var (log, subscriber) = await again.OpenAsync();
            Assert.Empty(subscriber.Snapshots[0].Members);
            var left = (await log.ReadAsync(last, 100, default)).Events;
            Assert.Equal([(RoomEventKind.Left, "alice", LeaveCause.NodeLost), (RoomEventKind.Left, "bob", LeaveCause.NodeLost)], left.Take(2).Select(e => (e.Kind, e.Member!.Nick, e.Cause)));
            Assert.Equal(2 + run, left.Count);
            Assert.Equal(AppendStatus.Fenced, (await log.SayAsync(_alice, "a ghost")).Status);
            await log.AnnounceAsync("next");
        }
    }

    [Fact]
    public async Task Members_stay_when_a_room_is_closed_and_opened_again_in_one_run()
    {
        await using var store = Start();
        var (log, _) = await store.OpenAsync();
        await log.JoinAsync(_alice);
        await log.DisposeAsync();

        var (_, subscriber) = await store.OpenAsync();

        Assert.Equal("alice", Assert.Single(subscriber.Snapshots[0].Members).Nick);
    }

    [Fact]
    public async Task A_repeated_request_gets_its_first_result()
    {
        AppendResult first;
        await using (var store = Start())
        {
            var (log, _) = await store.OpenAsync();
            await log.JoinAsync(_alice);
            first = await log.AnnounceAsync("once", request: new RequestId(_alice.Session, 1));
            for (var number = 2; number <= RequestId.Remembered; number++)
                await log.AnnounceAsync($"{number}", request: new RequestId(_alice.Session, number));
        }

        await using var again = Start();
        var (reopened, _) = await again.OpenAsync();

        Assert.Equal(first with { IsRepeated = true }, await reopened.AnnounceAsync("once", request: new RequestId(_alice.Session, 1)));
        Assert.Equal(AppendStatus.RequestReused, (await reopened.AnnounceAsync("other", request: new RequestId(_alice.Session, 1))).Status);
        Assert.True((await reopened.AnnounceAsync("new", request: new RequestId(_alice.Session, RequestId.Remembered + 1))).IsAppended);
        Assert.Equal(AppendStatus.RequestTooOld, (await reopened.AnnounceAsync("once", request: new RequestId(_alice.Session, 1))).Status);
    }

    [Fact]
    public async Task A_request_that_was_forgotten_before_the_restart_stays_too_old()
    {
        await using (var store = Start())
        {
            var (log, _) = await store.OpenAsync();
            await log.JoinAsync(_alice);
            for (var number = 1; number <= RequestId.Remembered + 10; number++)
                await log.AnnounceAsync($"{number}", request: new RequestId(_alice.Session, number));
        }

        await using var again = Start();
        var (reopened, _) = await again.OpenAsync();

        Assert.Equal(AppendStatus.RequestTooOld, (await reopened.AnnounceAsync("10", request: new RequestId(_alice.Session, 10))).Status);
        Assert.True((await reopened.AnnounceAsync("11", request: new RequestId(_alice.Session, 11))).IsRepeated);
        Assert.Equal(RequestId.Remembered, FileInspector.Scalar(_folder.File, "SELECT count(*) FROM request"));
    }

    [Fact]
    public async Task User_ids_are_never_assigned_twice()
    {
        var given = new HashSet<int>();
        for (var run = 0; run < 3; run++)
        {
            await using var store = Start();
            for (var block = 0; block < 3; block++)
            {
                var ids = await store.Store.ReserveAsync(1000);
                while (ids.TryTake(out var id))
                    Assert.True(id >= IUserIdStore.FirstId && given.Add(id));
            }
        }

        Assert.Equal(9000, given.Count);
    }

    [Fact]
    public async Task User_ids_wrap_around_after_the_largest_number()
    {
        await using (Start())
        {
        }

        FileInspector.Execute(_folder.File, $"UPDATE server SET next_user = {int.MaxValue - 1000}");
        await using var store = Start();
        var first = await Task.WhenAll(FirstAsync(), FirstAsync(), FirstAsync());
        Assert.Equal([int.MaxValue - 1000, IUserIdStore.FirstId, IUserIdStore.FirstId + 1000], first);

        async Task<int> FirstAsync()
        {
            Assert.True((await store.Store.ReserveAsync(1000)).TryTake(out var id));
            return id;
        }
    }

    [Fact]
    public async Task Times_do_not_decrease_after_a_restart()
    {
        await using (var store = Start())
            await (await store.OpenAsync()).Log.AnnounceAsync("late");
        _time.AdjustTime(_time.GetUtcNow() - TimeSpan.FromDays(1));

        await using var again = Start();
        var (log, newcomer) = await again.OpenAsync();

        Assert.Equal(newcomer.Snapshots[0].History[0].Time, (await log.AnnounceAsync("early")).Time);
    }

    [Fact]
    public async Task A_room_without_events_leaves_no_row()
    {
        RoomPosition first;
        await using (var store = Start())
        {
            var (log, subscriber) = await store.OpenAsync();
            first = subscriber.Position;
            Assert.False((await log.ReadAsync(first, 10, default)).IsGone);
            Assert.True((await log.ReadAsync(first with { Check = 1 }, 10, default)).IsGone);
        }

        await using var again = Start();
        Assert.NotEqual(first.Epoch, (await again.OpenAsync()).Subscriber.Position.Epoch);
    }

    private static (long, ulong, long, RoomEventKind, RoomStream, string?, string, int, int, int, LeaveCause) Describe(RoomEvent e) =>
        (e.Offset, e.Check, e.Time, e.Kind, e.Stream, e.Member?.ToString(), Encoding.UTF8.GetString(e.Data.Span), e.Command, e.P1, e.P2, e.Cause);

    public void Dispose() => _folder.Dispose();

    private TestStore Start() => TestStore.Start(_folder.File, _time);
}
