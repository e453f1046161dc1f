using TPacket.Server;
using TPacket.Testing.Stores;

namespace TPacket.Testing;

#pragma warning disable CS1591 // The name of a test is its rule.

// Rooms without subscriptions, and restarts of servers.
public abstract partial class RoomStoreSpecification
{
    [Fact]
    public async Task A_room_that_is_not_kept_is_forgotten_with_its_last_subscription()
    {
        if (KeepsRooms)
            return;
        var store = await CreateStoreAsync();
        var (first, subscriber) = await OpenAsync(store);
        var (second, _) = await OpenAsync(store);
        await first.AnnounceAsync("one");

        await CloseAsync(first);
        Assert.Equal(1, (await second.AnnounceAsync("two")).Position.Offset);
        await CloseAsync(second);

        var (_, again) = await OpenAsync(store);
        var snapshot = Assert.Single(again.Snapshots);
        Assert.Equal((RoomPosition.NoEvent, 0), (snapshot.Position.Offset, snapshot.History.Count));
        Assert.NotEqual(subscriber.Position.Epoch, snapshot.Position.Epoch);
    }

    [Fact]
    public async Task A_room_that_is_kept_continues_when_it_is_opened_again()
    {
        if (!KeepsRooms)
            return;
        var store = await CreateStoreAsync();
        var (log, _) = await OpenAsync(store);
        await FillAsync(log);
        await log.LeaveAsync(_alice);
        var last = await log.AnnounceAsync("last");
        await CloseAsync(log);

        var (_, again) = await OpenAsync(store);

        Assert.Equal(last.Position, again.Snapshots[0].Position);
        Assert.Empty(again.Members);
        Assert.Equal(["one", "last"], again.Snapshots[0].History.Select(Text));
    }

    [Fact]
    public async Task A_room_that_is_kept_continues_in_the_next_server()
    {
        if (!KeepsRooms)
            return;
        var store = await CreateStoreAsync();
        var (log, _) = await OpenAsync(store);
        await FillAsync(log);
        await log.LeaveAsync(_alice);
        var last = await log.AnnounceAsync("last");

        var (next, subscriber) = await OpenAsync(await ReopenStoreAsync(store));

        Assert.Equal(last.Position, subscriber.Snapshots[0].Position);
        Assert.Equal(["one", "last"], subscriber.Snapshots[0].History.Select(Text));
        Assert.Equal(
            [RoomStream.Presence, RoomStream.Chat, Board],
            subscriber.Snapshots[0].Streams.Select(head => head.Stream).Order());
        var after = await next.AnnounceAsync("after", new AppendCondition { After = last.Position, Streams = [Head(RoomStream.Chat, last)] });
        Assert.Equal((last.Position.Epoch, last.Position.Offset + 1), (after.Position.Epoch, after.Position.Offset));
    }

    [Fact]
    public async Task A_position_is_read_on_from_in_the_next_server()
    {
        if (!KeepsRooms)
            return;
        var store = await CreateStoreAsync();
        var (log, subscriber) = await OpenAsync(store);
        await FillAsync(log);
        var events = await EventsAsync(log, subscriber);
        var second = subscriber.Position with { Offset = events[1].Offset, Check = events[1].Check };

        var (next, _) = await OpenAsync(await ReopenStoreAsync(store));

        var page = await next.ReadAsync(second, int.MaxValue, None);
        Assert.False(page.IsGone);
        Assert.Equal(events[2..].Select(Content), page.Events.Take(events.Length - 2).Select(Content));
        Assert.True((await next.ReadAsync(second with { Check = second.Check + 1 }, 10, None)).IsGone);
    }

    [Fact]
    public async Task A_request_that_the_last_server_has_appended_is_answered_by_the_next_one()
    {
        if (!KeepsRooms)
            return;
        var store = await CreateStoreAsync();
        var (log, _) = await OpenAsync(store);
        await log.JoinAsync(_alice);
        var (members, hosts) = (new RequestId(_alice.Session, 1), new RequestId(7, 1));
        var first = await log.AnnounceAsync("member's", request: members);
        var second = await log.AnnounceAsync("host's", request: hosts);

        var (next, _) = await OpenAsync(await ReopenStoreAsync(store));

        Assert.Equal(first with { IsRepeated = true }, await next.AnnounceAsync("member's", request: members));
        Assert.Equal(second with { IsRepeated = true }, await next.AnnounceAsync("host's", request: hosts));
        Assert.Equal(AppendStatus.RequestReused, (await next.AnnounceAsync("other", request: hosts)).Status);
    }

    [Fact]
    public async Task Time_does_not_go_back_in_the_next_server()
    {
        if (!KeepsRooms || HasOwnClock)
            return;
        var store = await CreateStoreAsync();
        var (log, _) = await OpenAsync(store);
        var last = await FillAsync(log);

        Time.AdjustTime(Time.GetUtcNow() - TimeSpan.FromHours(1));
        var (next, _) = await OpenAsync(await ReopenStoreAsync(store));

        Assert.Equal(last.Time, (await next.AnnounceAsync("after")).Time);
    }

    [Fact]
    public async Task The_members_of_a_server_that_is_gone_leave_once_and_are_fenced()
    {
        if (!KeepsRooms)
            return;
        var store = await CreateStoreAsync();
        var (log, _) = await OpenAsync(store);
        await FillAsync(log);
        var last = await log.JoinAsync(_bob);

        var next = await ReopenStoreAsync(store);
        var (again, subscriber) = await OpenAsync(next);
        // Another server may need time to detect the end of a server.
        await subscriber.UntilAsync(static s => s.Members.All(member => member.IsAway), Deadline);

        Assert.Equal(AppendStatus.Fenced, (await again.SayAsync(_alice, "from the last server")).Status);
        Assert.Equal(AppendStatus.Fenced, (await again.LeaveAsync(_alice)).Status);
        await CloseAsync(again);
        var (final, _) = await OpenAsync(next);
        var gone = (await final.ReadAsync(last.Position, int.MaxValue, None)).Events.Where(e => e.Kind is RoomEventKind.Left or RoomEventKind.Away).ToArray();
        Assert.Equal([_alice.Id, _bob.Id], gone.Select(e => e.Member!.Id).Order());
        Assert.All(gone, e => Assert.True(e.Kind == RoomEventKind.Away || e.Cause == LeaveCause.NodeLost, $"{e.Member} left as {e.Cause}."));
    }

    /// <summary>Appends three events: a user joins and sends a message, and the host sends a packet.</summary>
    private static async Task<AppendResult> FillAsync(IRoomLog log)
    {
        await log.JoinAsync(_alice);
        await log.SayAsync(_alice, "one");
        return await log.SendAsync(1, stream: Board);
    }
}
