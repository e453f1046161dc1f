using TPacket.Server;

namespace TPacket.Stores.Tests.Specifications;

// Conditions and request ids.
public abstract partial class RoomStoreSpecification
{
    private const RoomStream Board = (RoomStream)64;
    private const RoomStream Clock = (RoomStream)65;

    [Fact]
    public async Task An_append_behind_the_expected_position_succeeds_and_behind_another_conflicts()
    {
        var (log, subscriber) = await OpenAsync(CreateStore());
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

        Assert.Equal(2, subscriber.Events.Length);
    }

    [Fact]
    public async Task Of_many_that_expect_the_same_position_one_is_appended()
    {
        var (log, subscriber) = await OpenAsync(CreateStore());
        var condition = new AppendCondition { After = subscriber.Position };

        var results = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(async () => await log.AnnounceAsync($"{i}", condition))));

        Assert.Single(results, result => result.IsAppended);
        Assert.Equal(31, results.Count(result => result.Status == AppendStatus.Conflict));
    }

    [Fact]
    public async Task A_condition_on_streams_is_not_moved_by_other_streams()
    {
        var (log, subscriber) = await OpenAsync(CreateStore());
        var none = new AppendCondition { Streams = [new StreamHead(Board, RoomPosition.NoEvent, 0), new StreamHead(Clock, RoomPosition.NoEvent, 0)] };
        var board = Head(Board, await log.SendAsync(1, none, Board));
        await log.JoinAsync(_alice);
        await log.SayAsync(_alice, "chat");
        var clock = Head(Clock, await log.SendAsync(2, new AppendCondition { Streams = [board, new StreamHead(Clock, RoomPosition.NoEvent, 0)] }, Clock));
        await log.AnnounceAsync("more chat");

        Assert.True((await log.SendAsync(3, new AppendCondition { Streams = [board, clock] }, Board)).IsAppended);

        Assert.Equal([1, 2, 3], subscriber.Events.Where(e => e.Kind == RoomEventKind.Packet).Select(e => e.P1));
    }

    [Fact]
    public async Task A_condition_fails_when_any_of_its_streams_has_moved()
    {
        var (log, subscriber) = await OpenAsync(CreateStore());
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

        Assert.Equal(2, subscriber.Events.Length);
    }

    [Fact]
    public async Task An_append_is_bound_to_the_stores_time()
    {
        var (log, _) = await OpenAsync(CreateStore());
        var now = Time.GetUtcNow().ToUnixTimeMilliseconds();

        Assert.Equal(AppendStatus.OutOfTime, (await log.AnnounceAsync("early", new AppendCondition { NotBefore = now + 1 })).Status);
        Assert.Equal(AppendStatus.OutOfTime, (await log.AnnounceAsync("late", new AppendCondition { NotAfter = now - 1 })).Status);
        Assert.True((await log.AnnounceAsync("in time", new AppendCondition { NotBefore = now, NotAfter = now })).IsAppended);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True((await log.AnnounceAsync("no more early", new AppendCondition { NotBefore = now + 1 })).IsAppended);
        Assert.Equal(AppendStatus.OutOfTime, (await log.AnnounceAsync("late", new AppendCondition { NotAfter = now })).Status);
    }

    [Fact]
    public async Task A_repeated_request_gets_its_first_answer_and_is_appended_once()
    {
        var (log, subscriber) = await OpenAsync(CreateStore());
        var request = new RequestId(7, 1);

        var first = await log.AnnounceAsync("once", request: request);
        Time.Advance(TimeSpan.FromSeconds(1));
        await log.AnnounceAsync("between");
        var again = await log.AnnounceAsync("once", request: request);

        Assert.Equal(first with { IsRepeated = true }, again);
        Assert.Equal(["once", "between"], subscriber.Events.Select(Text));
    }

    [Fact]
    public async Task A_repeated_request_is_answered_before_its_condition_is_looked_at()
    {
        var (log, subscriber) = await OpenAsync(CreateStore());
        var condition = new AppendCondition { After = subscriber.Position };
        var request = new RequestId(7, 1);
        var first = await log.AnnounceAsync("once", condition, request);

        Assert.Equal(first with { IsRepeated = true }, await log.AnnounceAsync("once", condition, request));
    }

    [Fact]
    public async Task A_request_id_for_other_events_is_refused()
    {
        var (log, subscriber) = await OpenAsync(CreateStore());
        var request = new RequestId(7, 1);
        await log.AnnounceAsync("once", request: request);

        Assert.Equal(AppendStatus.RequestReused, (await log.AnnounceAsync("other", request: request)).Status);
        Assert.True((await log.AnnounceAsync("other", request: request with { Author = 8 })).IsAppended);

        Assert.Equal(2, subscriber.Events.Length);
    }

    [Fact]
    public async Task A_request_that_was_not_appended_is_not_remembered()
    {
        var (log, subscriber) = await OpenAsync(CreateStore());
        var request = new RequestId(7, 1);
        var wrong = subscriber.Position with { Offset = 5 };

        Assert.Equal(AppendStatus.Conflict, (await log.AnnounceAsync("once", new AppendCondition { After = wrong }, request)).Status);

        Assert.Equal((AppendStatus.Appended, false), Outcome(await log.AnnounceAsync("once", request: request)));
    }

    [Fact]
    public async Task A_request_older_than_those_that_are_remembered_is_refused()
    {
        var (log, subscriber) = await OpenAsync(CreateStore());
        await log.JoinAsync(_alice);
        for (var number = 1; number <= RequestId.Remembered + 1; number++)
            await log.AnnounceAsync($"{number}", request: new RequestId(_alice.Session, number));

        Assert.Equal(AppendStatus.RequestTooOld, (await log.AnnounceAsync("1", request: new RequestId(_alice.Session, 1))).Status);
        Assert.Equal((AppendStatus.Appended, true), Outcome(await log.AnnounceAsync("2", request: new RequestId(_alice.Session, 2))));
        Assert.Equal(RequestId.Remembered + 2, subscriber.Events.Length);
    }

    [Fact]
    public async Task Requests_may_come_out_of_order_among_those_that_are_remembered()
    {
        var (log, _) = await OpenAsync(CreateStore());

        Assert.Equal((AppendStatus.Appended, false), Outcome(await log.AnnounceAsync("5", request: new RequestId(7, 5))));
        Assert.Equal((AppendStatus.Appended, false), Outcome(await log.AnnounceAsync("3", request: new RequestId(7, 3))));
        Assert.Equal((AppendStatus.Appended, true), Outcome(await log.AnnounceAsync("5", request: new RequestId(7, 5))));
        Assert.Equal((AppendStatus.Appended, true), Outcome(await log.AnnounceAsync("3", request: new RequestId(7, 3))));
    }

    [Fact]
    public async Task A_members_requests_are_remembered_however_many_others_append()
    {
        var (log, _) = await OpenAsync(CreateStore());
        await log.JoinAsync(_alice);
        var first = await log.AnnounceAsync("alice's", request: new RequestId(_alice.Session, 1));

        for (var host = 100; host < 300; host++)
            await log.AnnounceAsync("hosts'", request: new RequestId(host, 1));

        Assert.Equal(first with { IsRepeated = true }, await log.AnnounceAsync("alice's", request: new RequestId(_alice.Session, 1)));
    }

    private static (AppendStatus Status, bool IsRepeated) Outcome(AppendResult result) => (result.Status, result.IsRepeated);

    private static StreamHead Head(RoomStream stream, AppendResult result) => new(stream, result.Position.Offset, result.Position.Check);
}
