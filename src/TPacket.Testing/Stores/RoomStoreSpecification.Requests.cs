using TPacket.Server;
using TPacket.Testing.Stores;

namespace TPacket.Testing;

#pragma warning disable CS1591 // The name of a test is its rule.

// Repeated requests.
public abstract partial class RoomStoreSpecification
{
    [Fact]
    public async Task A_repeated_request_gets_its_first_answer_and_is_appended_once()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        var request = new RequestId(7, 1);

        var first = await log.AnnounceAsync("once", request: request);
        Time.Advance(TimeSpan.FromSeconds(1));
        await log.AnnounceAsync("between");
        var again = await log.AnnounceAsync("once", request: request);

        Assert.Equal(first with { IsRepeated = true }, again);
        Assert.Equal(["once", "between"], (await EventsAsync(log, subscriber)).Select(Text));
    }

    [Fact]
    public async Task A_repeated_request_is_answered_before_its_condition_is_looked_at()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        var condition = new AppendCondition { After = subscriber.Position };
        var request = new RequestId(7, 1);
        var first = await log.AnnounceAsync("once", condition, request);

        Assert.Equal(first with { IsRepeated = true }, await log.AnnounceAsync("once", condition, request));
    }

    [Fact]
    public async Task A_repeated_request_is_answered_before_its_author_is_looked_at()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        await log.JoinAsync(_alice);
        var saying = new RoomAppend(RoomEvent.Message(_alice, "goodbye"u8.ToArray())) { Request = new RequestId(_alice.Session, 1) };
        var first = await log.AppendAsync(saying);
        await log.LeaveAsync(_alice);

        Assert.Equal(first with { IsRepeated = true }, await log.AppendAsync(saying));
        Assert.Equal(3, (await EventsAsync(log, subscriber)).Length);
    }

    /// <summary>The author has another nick and another connection when it repeats the packet.</summary>
    [Fact]
    public async Task A_repeated_request_is_answered_though_its_author_has_another_nick_and_generation()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        await log.JoinAsync(_alice);
        var request = new RequestId(_alice.Session, 1);
        var first = await log.AppendAsync(new RoomAppend(RoomEvent.Message(_alice, "once"u8.ToArray())) { Request = request });
        var returned = _alice.WithNick("alicia").AsReturned(_alice.Generation + 1);
        Assert.True((await log.AppendAsync(new RoomAppend(RoomEvent.Renamed(_alice.WithNick("alicia"), "alice"u8.ToArray())))).IsAppended);
        Assert.True((await log.AppendAsync(new RoomAppend(RoomEvent.Away(_alice.WithNick("alicia").AsAway())))).IsAppended);
        Assert.True((await log.AppendAsync(new RoomAppend(RoomEvent.Returned(returned)))).IsAppended);

        Assert.Equal(first with { IsRepeated = true }, await log.AppendAsync(new RoomAppend(RoomEvent.Message(returned, "once"u8.ToArray())) { Request = request }));
        Assert.Single((await EventsAsync(log, subscriber)).Where(static e => e.Kind == RoomEventKind.Message));
    }

    [Fact]
    public async Task A_request_of_several_events_is_appended_once()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        RoomEvent[] events = [RoomEvent.Packet(256, 1, 0, default, stream: Board), RoomEvent.Packet(256, 2, 0, default, stream: Clock)];
        var both = new RoomAppend(events) { Request = new RequestId(7, 1) };

        var first = await log.AppendAsync(both);
        var again = await log.AppendAsync(both);

        Assert.Equal(first with { IsRepeated = true }, again);
        Assert.Equal([1, 2], (await EventsAsync(log, subscriber)).Select(e => e.P1));
    }

    [Fact]
    public async Task A_request_whose_answer_was_lost_is_answered_to_whoever_repeats_it()
    {
        var store = await CreateStoreAsync();
        var (_, witness) = await OpenAsync(store);
        var another = await OpenAnotherStoreAsync(store);
        var (lost, _) = await OpenAsync(another);
        var request = new RequestId(7, 1);

        // The handle is closed before the answer can arrive.
        var unanswered = lost.AnnounceAsync("once", request: request).AsTask();
        await CloseAsync(lost);
        var (next, _) = await OpenAsync(another);
        var again = await next.AnnounceAsync("once", request: request);

        Assert.True(again.IsAppended);
        try
        {
            Assert.Equal(again.Position, (await unanswered).Position);
        }
        catch (Exception e) when (e is RoomStoreException or ObjectDisposedException or OperationCanceledException)
        {
            // A store may lose the answer, but not the event.
        }

        Assert.Equal(again with { IsRepeated = true }, await next.AnnounceAsync("once", request: request));
        await ReachAsync(witness, await next.AnnounceAsync("last"));
        Assert.Equal(["once", "last"], witness.Events.Select(Text));
    }

    [Fact]
    public async Task A_request_id_for_other_events_is_refused()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        var request = new RequestId(7, 1);
        await log.AnnounceAsync("once", request: request);

        Assert.Equal(AppendStatus.RequestReused, (await log.AnnounceAsync("other", request: request)).Status);
        Assert.True((await log.AnnounceAsync("other", request: request with { Author = 8 })).IsAppended);

        Assert.Equal(2, (await EventsAsync(log, subscriber)).Length);
    }

    [Fact]
    public async Task A_request_id_is_for_everything_that_its_author_has_decided()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        await log.JoinAsync(_alice);
        RoomEvent Said(int command = 256, int p1 = 1, int p2 = 2, string data = "data", RoomStream stream = Board, RoomMember? author = null) =>
            RoomEvent.Packet(command, p1, p2, System.Text.Encoding.UTF8.GetBytes(data), author, stream);
        ValueTask<AppendResult> AppendAsync(params RoomEvent[] events) => log.AppendAsync(new RoomAppend(events) { Request = new RequestId(7, 1) });
        Assert.True((await AppendAsync(Said())).IsAppended);

        RoomEvent[][] others =
        [
            [Said(command: 257)],
            [Said(p1: 2)],
            [Said(p2: 1)],
            [Said(data: "atad")],
            [Said(data: "data ")],
            [Said(stream: Clock)],
            [Said(author: _alice)],
            [Said(), Said()],
            [RoomEvent.Announcement("data"u8.ToArray())],
        ];
        foreach (var other in others)
            Assert.Equal(AppendStatus.RequestReused, (await AppendAsync(other)).Status);

        Assert.Equal((AppendStatus.Appended, true), Outcome(await AppendAsync(Said())));
        Assert.Equal(2, (await EventsAsync(log, subscriber)).Length);
    }

    [Fact]
    public async Task A_request_that_was_not_appended_is_not_remembered()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        var request = new RequestId(7, 1);
        var wrong = subscriber.Position with { Offset = 5 };

        Assert.Equal(AppendStatus.Conflict, (await log.AnnounceAsync("once", new AppendCondition { After = wrong }, request)).Status);

        Assert.Equal((AppendStatus.Appended, false), Outcome(await log.AnnounceAsync("once", request: request)));
    }

    [Fact]
    public async Task A_request_older_than_those_that_are_remembered_is_refused()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        await log.JoinAsync(_alice);
        for (var number = 1; number <= RequestId.Remembered + 1; number++)
            await log.AnnounceAsync($"{number}", request: new RequestId(_alice.Session, number));

        Assert.Equal(AppendStatus.RequestTooOld, (await log.AnnounceAsync("1", request: new RequestId(_alice.Session, 1))).Status);
        Assert.Equal((AppendStatus.Appended, true), Outcome(await log.AnnounceAsync("2", request: new RequestId(_alice.Session, 2))));
        Assert.Equal(RequestId.Remembered + 2, (await EventsAsync(log, subscriber)).Length);
    }

    [Fact]
    public async Task Remembered_requests_may_come_out_of_order()
    {
        var (log, _) = await OpenAsync(await CreateStoreAsync());

        Assert.Equal((AppendStatus.Appended, false), Outcome(await log.AnnounceAsync("5", request: new RequestId(7, 5))));
        Assert.Equal((AppendStatus.Appended, false), Outcome(await log.AnnounceAsync("3", request: new RequestId(7, 3))));
        Assert.Equal((AppendStatus.Appended, true), Outcome(await log.AnnounceAsync("5", request: new RequestId(7, 5))));
        Assert.Equal((AppendStatus.Appended, true), Outcome(await log.AnnounceAsync("3", request: new RequestId(7, 3))));
    }

    [Fact]
    public async Task A_members_requests_are_remembered_however_many_others_append()
    {
        var (log, _) = await OpenAsync(await CreateStoreAsync());
        await log.JoinAsync(_alice);
        var first = await log.AnnounceAsync("alice's", request: new RequestId(_alice.Session, 1));

        for (var host = 100; host < 300; host++)
            await log.AnnounceAsync("hosts'", request: new RequestId(host, 1));

        Assert.Equal(first with { IsRepeated = true }, await log.AnnounceAsync("alice's", request: new RequestId(_alice.Session, 1)));
    }
}
