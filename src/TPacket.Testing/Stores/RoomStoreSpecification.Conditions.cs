using TPacket.Server;
using TPacket.Testing.Stores;

namespace TPacket.Testing;

#pragma warning disable CS1591 // The name of a test is its rule.

// Conditions of appends.
public abstract partial class RoomStoreSpecification
{
    [Fact]
    public async Task An_append_behind_the_expected_position_succeeds_and_behind_another_conflicts()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        var start = subscriber.Position;

        var first = await log.AnnounceAsync("one", new AppendCondition { After = start });
        var second = await log.AnnounceAsync("two", new AppendCondition { After = first.Position });
        Assert.True(first.IsAppended && second.IsAppended);

        RoomPosition[] wrong =
        [
            start,
            first.Position,
            second.Position with { Epoch = second.Position.Epoch + 1 },
            second.Position with { Check = second.Position.Check + 1 },
            second.Position with { Offset = second.Position.Offset + 1 },
        ];
        foreach (var position in wrong)
        {
            var conflict = await log.AnnounceAsync("lost", new AppendCondition { After = position });
            Assert.Equal((AppendStatus.Conflict, second.Position), (conflict.Status, conflict.Position));
        }

        Assert.Equal(["one", "two"], (await EventsAsync(log, subscriber)).Select(Text));
    }

    [Fact]
    public async Task Of_many_that_expect_the_same_position_one_is_appended()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        var condition = new AppendCondition { After = subscriber.Position };

        var results = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(async () => await log.AnnounceAsync($"{i}", condition))));

        Assert.Single(results, result => result.IsAppended);
        Assert.Equal(31, results.Count(result => result.Status == AppendStatus.Conflict));
    }

    [Fact]
    public async Task A_condition_on_streams_is_not_moved_by_other_streams()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        var none = new AppendCondition { Streams = [new StreamHead(Board, RoomPosition.NoEvent, 0), new StreamHead(Clock, RoomPosition.NoEvent, 0)] };
        var board = Head(Board, await log.SendAsync(1, none, Board));
        await log.JoinAsync(_alice);
        await log.SayAsync(_alice, "chat");
        var clock = Head(Clock, await log.SendAsync(2, new AppendCondition { Streams = [board, new StreamHead(Clock, RoomPosition.NoEvent, 0)] }, Clock));
        await log.AnnounceAsync("more chat");

        Assert.True((await log.SendAsync(3, new AppendCondition { Streams = [board, clock] }, Board)).IsAppended);

        Assert.Equal([1, 2, 3], (await EventsAsync(log, subscriber)).Where(e => e.Kind == RoomEventKind.Packet).Select(e => e.P1));
    }

    [Fact]
    public async Task A_condition_fails_when_any_of_its_streams_has_moved()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        var board = Head(Board, await log.SendAsync(1, null, Board));
        var clock = Head(Clock, await log.SendAsync(2, null, Clock));

        StreamHead[][] wrong =
        [
            [new StreamHead(Board, RoomPosition.NoEvent, 0), clock],
            [board, new StreamHead(Clock, RoomPosition.NoEvent, 0)],
            [board with { Offset = 1 }],
            [board with { Check = board.Check + 1 }],
            [board, clock, new StreamHead(RoomStream.Chat, 0, 0)],
        ];
        foreach (var heads in wrong)
            Assert.Equal(AppendStatus.Conflict, (await log.SendAsync(3, new AppendCondition { Streams = heads }, Board)).Status);

        Assert.Equal(2, (await EventsAsync(log, subscriber)).Length);
    }

    [Fact]
    public async Task An_append_is_bound_to_the_stores_time()
    {
        const long Hour = 3_600_000;
        var (log, _) = await OpenAsync(await CreateStoreAsync());
        var now = (await log.AnnounceAsync("now")).Time;

        Assert.Equal(AppendStatus.OutOfTime, (await log.AnnounceAsync("early", new AppendCondition { NotBefore = now + Hour })).Status);
        Assert.Equal(AppendStatus.OutOfTime, (await log.AnnounceAsync("late", new AppendCondition { NotAfter = now - 1 })).Status);
        Assert.True((await log.AnnounceAsync("in time", new AppendCondition { NotBefore = now, NotAfter = now + Hour })).IsAppended);
        if (HasOwnClock)
            return;
        Assert.Equal(AppendStatus.OutOfTime, (await log.AnnounceAsync("early", new AppendCondition { NotBefore = now + 1 })).Status);
        Assert.True((await log.AnnounceAsync("in time", new AppendCondition { NotBefore = now, NotAfter = now })).IsAppended);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True((await log.AnnounceAsync("no more early", new AppendCondition { NotBefore = now + 1 })).IsAppended);
        Assert.Equal(AppendStatus.OutOfTime, (await log.AnnounceAsync("late", new AppendCondition { NotAfter = now })).Status);
    }

    [Fact]
    public async Task A_condition_is_looked_at_before_the_author()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        var start = subscriber.Position;
        await log.AnnounceAsync("moved");

        var stranger = new RoomAppend(RoomEvent.Message(_bob, default)) { Condition = new AppendCondition { After = start } };
        Assert.Equal(AppendStatus.Conflict, (await log.AppendAsync(stranger)).Status);
    }

    [Fact]
    public async Task A_full_room_takes_nobody_until_somebody_leaves()
    {
        var (log, _) = await OpenAsync(await CreateStoreAsync());
        Assert.True((await JoinWithinAsync(log, _alice, 1)).IsAppended);
        await log.AppendAsync(new RoomAppend(RoomEvent.Away(_alice)));

        var refused = await JoinWithinAsync(log, _bob, 1);
        Assert.Equal((AppendStatus.Full, 1L), (refused.Status, refused.Position.Offset));
        Assert.Equal((AppendStatus.Appended, true), Outcome(await JoinWithinAsync(log, _alice, 1)));
        Assert.True((await log.AppendAsync(new RoomAppend(RoomEvent.Returned(_alice.AsReturned(1))) { Condition = new AppendCondition { MaxMembers = 1 } })).IsAppended);
        await log.LeaveAsync(_alice.AsReturned(1));
        Assert.True((await JoinWithinAsync(log, _bob, 1)).IsAppended);
        Assert.True((await log.JoinAsync(new RoomMember(0x1002, "carol", session: 3))).IsAppended);
        Assert.Equal(AppendStatus.Full, (await JoinWithinAsync(log, new RoomMember(0x1003, "dave", session: 4), 2)).Status);
    }

    [Fact]
    public async Task Of_many_that_join_at_once_through_two_stores_as_many_are_let_in_as_fit()
    {
        const int Most = 5;
        var store = await CreateStoreAsync();
        var (first, subscriber) = await OpenAsync(store);
        var (second, _) = await OpenAsync(await OpenAnotherStoreAsync(store));

        var joining = Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
            await JoinWithinAsync(i % 2 == 0 ? first : second, new RoomMember(0x2000 + i, $"guest{i}", session: 100 + i), Most)));
        var results = await Task.WhenAll(joining);

        Assert.Equal(Most, results.Count(static result => result.IsAppended));
        Assert.All(results, static result => Assert.True(result.IsAppended || result.Status == AppendStatus.Full, $"{result.Status}"));
        await EventsAsync(first, subscriber);
        Assert.Equal(Most, subscriber.Members.Length);
    }

    private static ValueTask<AppendResult> JoinWithinAsync(IRoomLog log, RoomMember member, int most) =>
        log.AppendAsync(new RoomAppend(RoomEvent.Joined(member)) { Condition = new AppendCondition { MaxMembers = most } });
}
