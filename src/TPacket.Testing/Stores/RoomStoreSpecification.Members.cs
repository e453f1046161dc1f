using TPacket.Server;
using TPacket.Testing.Stores;

namespace TPacket.Testing;

#pragma warning disable CS1591 // The name of a test is its rule.

// The members of a room, and the changes that an author may append.
public abstract partial class RoomStoreSpecification
{
    [Fact]
    public async Task A_leave_takes_the_member_off_the_roster()
    {
        var store = await CreateStoreAsync();
        var (log, _) = await OpenAsync(store);
        await log.JoinAsync(_alice);
        await log.JoinAsync(_bob);
        await log.LeaveAsync(_alice);

        Assert.Equal(["bob"], await NicksAsync(store));
        await log.JoinAsync(_alice);
        Assert.Equal(["alice", "bob"], await NicksAsync(store));
    }

    [Fact]
    public async Task A_join_that_is_repeated_gets_its_first_answer()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        var first = await log.JoinAsync(_alice);
        await log.AnnounceAsync("between");

        Assert.Equal(first with { IsRepeated = true }, await log.JoinAsync(_alice));

        Assert.Single(await EventsAsync(log, subscriber), e => e.Kind == RoomEventKind.Joined);
    }

    [Fact]
    public async Task A_namesake_by_id_cannot_join_leave_speak_or_rename()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        await log.JoinAsync(_alice);
        var namesake = new RoomMember(_alice.Id, "alice", session: 99);

        Assert.Equal(AppendStatus.Fenced, (await log.JoinAsync(namesake)).Status);
        Assert.Equal(AppendStatus.Fenced, (await log.SayAsync(namesake, "it is not me")).Status);
        Assert.Equal(AppendStatus.Fenced, (await log.RenameAsync(namesake, "mallory")).Status);
        Assert.Equal(AppendStatus.Fenced, (await log.LeaveAsync(namesake)).Status);
        Assert.Equal(AppendStatus.Fenced, (await log.AppendAsync(new RoomAppend(RoomEvent.Away(namesake)))).Status);
        Assert.Equal(AppendStatus.Fenced, (await log.AppendAsync(new RoomAppend(RoomEvent.Returned(namesake.AsReturned(5))))).Status);

        Assert.True((await log.SayAsync(_alice, "still here")).IsAppended);
        Assert.Equal(2, (await EventsAsync(log, subscriber)).Length);
    }

    [Fact]
    public async Task An_author_that_is_no_member_is_fenced()
    {
        var (log, subscriber) = await OpenAsync(await CreateStoreAsync());
        await log.JoinAsync(_alice);
        await log.LeaveAsync(_alice);

        Assert.Equal(AppendStatus.Fenced, (await log.LeaveAsync(_alice)).Status);
        Assert.Equal(AppendStatus.Fenced, (await log.SayAsync(_alice, "from outside")).Status);
        Assert.Equal(AppendStatus.Fenced, (await log.RenameAsync(_alice, "alicia")).Status);
        Assert.Equal(AppendStatus.Fenced, (await log.AppendAsync(new RoomAppend(RoomEvent.Packet(256, 0, 0, default, _alice)))).Status);
        Assert.Equal(AppendStatus.Fenced, (await log.SayAsync(_bob, "never came")).Status);

        Assert.Equal(2, (await EventsAsync(log, subscriber)).Length);
    }

    [Fact]
    public async Task An_older_generation_is_fenced_from_the_moment_the_newer_one_returns()
    {
        var store = await CreateStoreAsync();
        var (log, subscriber) = await OpenAsync(store);
        await log.JoinAsync(_alice);
        var returned = _alice.AsReturned(1);

        Assert.True((await log.AppendAsync(new RoomAppend(RoomEvent.Returned(returned)))).IsAppended);

        Assert.Equal(AppendStatus.Fenced, (await log.SayAsync(_alice, "from the old connection")).Status);
        Assert.Equal(AppendStatus.Fenced, (await log.LeaveAsync(_alice)).Status);
        Assert.Equal(AppendStatus.Fenced, (await log.AppendAsync(new RoomAppend(RoomEvent.Away(_alice)))).Status);
        Assert.Equal(AppendStatus.Fenced, (await log.AppendAsync(new RoomAppend(RoomEvent.Returned(_alice)))).Status);
        Assert.True((await log.SayAsync(returned, "from the new one")).IsAppended);
        Assert.Equal(1, (await EventsAsync(log, subscriber))[^1].Member!.Generation);
        Assert.True((await log.LeaveAsync(returned)).IsAppended);
    }

    [Fact]
    public async Task An_away_member_stays_in_the_roster_until_it_returns_or_leaves()
    {
        var store = await CreateStoreAsync();
        var (log, _) = await OpenAsync(store);
        await log.JoinAsync(_alice);

        Assert.True((await log.AppendAsync(new RoomAppend(RoomEvent.Away(_alice)))).IsAppended);
        Assert.True((await log.AppendAsync(new RoomAppend(RoomEvent.Away(_alice)))).IsRepeated);
        Assert.True(Assert.Single(await MembersAsync(store)).IsAway);

        Assert.True((await log.AppendAsync(new RoomAppend(RoomEvent.Returned(_alice.AsReturned(1))))).IsAppended);
        Assert.True((await log.AppendAsync(new RoomAppend(RoomEvent.Returned(_alice.AsReturned(1))))).IsRepeated);
        var member = Assert.Single(await MembersAsync(store));
        Assert.Equal((false, 1), (member.IsAway, member.Generation));

        var returned = _alice.AsReturned(1);
        Assert.True((await log.AppendAsync(new RoomAppend(RoomEvent.Away(returned)))).IsAppended);
        Assert.True((await log.LeaveAsync(returned, LeaveCause.Expired)).IsAppended);
        Assert.Empty(await MembersAsync(store));
    }

    [Fact]
    public async Task A_user_that_has_left_comes_again_with_the_same_session_or_another()
    {
        var store = await CreateStoreAsync();
        var (log, subscriber) = await OpenAsync(store);
        await log.JoinAsync(_alice);
        await log.LeaveAsync(_alice);

        Assert.Equal((AppendStatus.Appended, false), Outcome(await log.JoinAsync(_alice)));
        await log.LeaveAsync(_alice);
        var other = new RoomMember(_alice.Id, "someone", session: 99);
        Assert.Equal((AppendStatus.Appended, false), Outcome(await log.JoinAsync(other)));

        Assert.Equal(AppendStatus.Fenced, (await log.SayAsync(_alice, "from before")).Status);
        Assert.True((await log.SayAsync(other, "from now")).IsAppended);
        Assert.Equal(6, (await EventsAsync(log, subscriber)).Length);
    }

    [Fact]
    public async Task A_rename_shows_in_the_roster_in_what_follows_and_in_the_leave()
    {
        var store = await CreateStoreAsync();
        var (log, subscriber) = await OpenAsync(store);
        await log.JoinAsync(_alice);

        var renamed = await log.RenameAsync(_alice, "alicia");
        Assert.Equal(renamed with { IsRepeated = true }, await log.RenameAsync(_alice, "alicia"));
        await log.SayAsync(_alice, "said under the old name of the connection");
        Assert.Equal(["alicia"], await NicksAsync(store));
        await log.LeaveAsync(_alice);

        var events = await EventsAsync(log, subscriber);
        Assert.Equal([RoomEventKind.Joined, RoomEventKind.Renamed, RoomEventKind.Message, RoomEventKind.Left], events.Select(e => e.Kind));
        Assert.Equal(("alicia", "alice"), (events[1].Member!.Nick, Text(events[1])));
        Assert.All(events[1..], e => Assert.Equal("alicia", e.Member!.Nick));
    }

    private async Task<IReadOnlyList<RoomMember>> MembersAsync(IRoomStore store)
    {
        var (log, subscriber) = await OpenAsync(store);
        await CloseAsync(log);
        return subscriber.Snapshots[0].Members;
    }

    private async Task<IEnumerable<string>> NicksAsync(IRoomStore store) => (await MembersAsync(store)).Select(member => member.Nick).Order(StringComparer.Ordinal);
}
