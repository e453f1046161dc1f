using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Tests.Harness;
using TPacket.Server.Tests.Rooms.Delivery;

namespace TPacket.Server.Tests.Rooms.Presence;

/// <summary>Clients that follow the log of a large room, with and without MEMBER_COUNT. Rooms of more than two members are large here, and the test moves the clock.</summary>
public class FollowingLargeRoomTests
{
    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(250);

    private readonly WatchedTime _time = new();

    [Fact]
    public async Task Presence_events_wait_in_the_order_of_the_log_and_no_message_overtakes_them()
    {
        await using var server = await StartAsync();
        await using var alice = await FollowAsync(server, "alice");
        await using var bob = await server.JoinAsync("bob", "room");
        Assert.Equal([1], Offsets(await alice.FenceAsync()));
        await using var carol = await server.JoinAsync("carol", "room");
        await using var dave = await FollowAsync(server, "dave");
        Assert.Empty(await alice.FenceAsync());
        _time.Advance(_period);
        Assert.Equal(["2 5 carol", "3 5 dave"], Events(await alice.FenceAsync()));
        Assert.Empty(await dave.FenceAsync());

        await using var erin = await server.JoinAsync("erin", "room");
        await erin.SayAsync("hello");
        Assert.Equal(["4 5 erin", "5 7 hello"], Events(await alice.FenceAsync()));
        Assert.Equal(["4 5 erin", "5 7 hello"], Events(await dave.FenceAsync()));
        Assert.Equal(["5 carol", "5 dave", "5 erin", "7 hello"], (await bob.FenceAsync()).Select(static p => $"{p.Command} {p.Text}"));
    }

    [Fact]
    public async Task Counting_followers_receive_the_members_that_speak_and_skip_the_others()
    {
        await using var server = await StartAsync(o => o.AllowNickChange = true);
        await using var alice = await server.JoinAsync("alice", "room");
        await using var counter = await FollowAsync(server, "counter", counts: true);
        await using var carol = await server.JoinAsync("carol", "room");
        await using var dave = await server.JoinAsync("dave", "room");
        _time.Advance(_period);
        Assert.Equal([new Packet(-1, Wire.MemberCount, "", 4)], await counter.FenceAsync());

        await dave.SayAsync("hello");
        await dave.SayAsync("again");
        var received = await counter.FenceAsync();
        Assert.Equal(new Packet(-1, Wire.NewUser, "dave", dave.Id), received[0]);
        Assert.Equal(["4 7 hello", "5 7 again"], Events(received[1..]));

        await carol.SendAsync(Wire.SetUserNick, "caroline");
        await carol.FenceAsync();
        await dave.SendAsync(Wire.SetUserNick, "david");
        await dave.FenceAsync();
        _time.Advance(_period);
        Assert.Equal(["7 6 dave 5 david"], Events(await counter.FenceAsync()));
    }

    [Fact]
    public async Task A_counting_follower_receives_its_own_new_nick_as_one_event()
    {
        await using var server = await StartAsync(o => o.AllowNickChange = true);
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await using var counter = await FollowAsync(server, "counter", counts: true);
        await using var other = await FollowAsync(server, "other", counts: true);
        await counter.SendAsync(Wire.SetUserNick, "count");
        var seen = await counter.FenceAsync();
        Assert.Equal(["4 6 counter 5 count"], Events(seen.Where(static p => p.Command != Wire.RespOk && p.Command != Wire.MemberCount)));
        _time.Advance(_period);
        Assert.All(await other.FenceAsync(), static p => Assert.Equal(Wire.MemberCount, p.Command));
    }

    [Fact]
    public async Task No_offset_is_repeated_when_the_followers_own_event_moves_the_position()
    {
        await using var server = await StartAsync(static o => (o.AllowNickChange, o.PacketsPerSecond) = (true, 0), static b => b.UseRoomStore<FlakyStore>());
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await using var counter = await FollowAsync(server, "counter", counts: true);
        await using var log = await ((FlakyStore)server.Services.GetRequiredService<IRoomStore>()).OpenAsync("room", new Elsewhere(), default);
        var offsets = new List<long>();
        for (var i = 0; i < 260; i++)
        {
            var passer = new RoomMember(1_000_000 + i, $"passer {i}", session: 1_000_000 + i);
            await log.AppendAsync(new RoomAppend(RoomEvent.Joined(passer)));
            await counter.SendAsync(Wire.SetUserNick, $"counter {i}");
            offsets.AddRange(Offsets((await counter.FenceAsync()).Where(static p => p.Command == Wire.Event)));
        }

        _time.Advance(_period);
        offsets.AddRange(Offsets((await counter.FenceAsync()).Where(static p => p.Command == Wire.Event)));
        Assert.InRange(offsets.Count, 260, 270);
        Assert.Equal(offsets.Order().Distinct(), offsets);
    }

    [Fact]
    public async Task Counting_followers_receive_the_other_members_when_a_room_is_not_large_any_more()
    {
        await using var server = await StartAsync();
        var alice = await server.JoinAsync("alice", "room");
        await using var counter = await FollowAsync(server, "counter", counts: true);
        await using var carol = await server.JoinAsync("carol", "room");
        await alice.DisposeAsync();
        await server.EndedAsync();
        _time.Advance(_period);
        var seen = await counter.FenceAsync();
        Assert.Equal(["3 6 alice"], Events(seen[..1]));
        Assert.Equal([new(-1, Wire.NewUser, "carol", carol.Id), new Packet(-1, Wire.MemberCount, "", 2)], seen[1..]);
    }

    [Fact]
    public async Task A_counting_follower_enters_with_the_number_and_the_members_that_have_spoken()
    {
        await using var server = await StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await using var carol = await server.JoinAsync("carol", "room");
        await using var dave = await server.JoinAsync("dave", "room");
        await dave.SayAsync("hello");
        await using var counter = await server.SignInAsync("counter");
        await counter.AcceptAsync(Wire.MemberCount);
        var welcome = await FollowingTests.FollowAsync(counter, "room");
        // alice and bob entered before the room was large.
        Assert.Equal(["alice", "bob", "counter", "dave"], welcome.Roster.Where(static p => p.Command == Wire.NewUser).Select(static p => p.Text).Order());
        Assert.Equal(new Packet(-1, Wire.MemberCount, "", 5), welcome.Roster[^1]);
        Assert.Equal("dave: hello", Assert.Single(Assert.Single(welcome.History).Packets).Text);
    }

    [Fact]
    public async Task A_counting_follower_receives_the_position_after_many_joins_and_leaves()
    {
        await using var server = await StartAsync(build: static b => b.UseRoomStore<FlakyStore>());
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await using var counter = await FollowAsync(server, "counter", counts: true);
        var room = server.Rooms.Find("room")!;
        var entered = room.Position.Offset;
        await using var log = await ((FlakyStore)server.Services.GetRequiredService<IRoomStore>()).OpenAsync("room", new Elsewhere(), default);
        for (var i = 0; i < 600; i++)
        {
            var passer = new RoomMember(1_000_000 + i, $"passer {i}", session: 1_000_000 + i);
            await log.AppendAsync(new RoomAppend(RoomEvent.Joined(passer)));
            await log.AppendAsync(new RoomAppend(RoomEvent.Left(passer, LeaveCause.Disconnected)));
        }

        _time.Advance(_period);
        var seen = (await counter.FenceAsync()).Where(static p => p.Command != Wire.MemberCount).Select(LogEvent.Of).ToList();
        Assert.All(seen, static e => Assert.Empty(e.Packets));
        var last = entered;
        foreach (var position in seen)
        {
            Assert.InRange(position.Offset - last, 1, 501);
            last = position.Offset;
        }

        Assert.InRange(room.Position.Offset - last, 0, 500);
    }

    [Fact]
    public async Task A_reset_of_a_large_room_loses_no_presence_and_keeps_the_known_members()
    {
        await using var server = await StartAsync(build: static b => b.UseRoomStore<ResettableStore>());
        await using var alice = await server.JoinAsync("alice", "room");
        await using var counter = await server.SignInAsync("counter");
        await counter.AcceptAsync(Wire.MemberCount);
        await counter.JoinAsync("room");
        await using var follower = await FollowAsync(server, "follower");
        await using var carol = await server.JoinAsync("carol", "room");
        await carol.SayAsync("hello");
        await using var dave = await server.JoinAsync("dave", "room");
        await alice.FenceAsync();
        await counter.FenceAsync();
        await follower.FenceAsync();
        var room = server.Rooms.Find("room")!;
        var still = room.Members.Where(m => m.Nick != "carol");
        var position = room.Position with { Offset = room.Position.Offset + 1, Check = 99 };
        ((ResettableStore)server.Services.GetRequiredService<IRoomStore>()).Reset("room", new RoomSnapshot(position, [.. still, new RoomMember(77, "erin", 78)], [], []));

        // dave's join was still waiting for the period at the reset.
        Assert.Equal(["5 dave", "6 carol", "5 erin"], (await alice.FenceAsync()).Select(static p => $"{p.Command} {p.Text}"));
        Assert.Equal(["6 carol"], (await counter.FenceAsync()).Select(static p => $"{p.Command} {p.Text}"));
        var seen = await follower.FenceAsync();
        Assert.Equal(["5 5 dave"], Events(seen[..1]));
        seen.RemoveAt(0);
        var snapshot = SnapshotReceived.TakeFrom(seen);
        Assert.Empty(seen);
        Assert.Equal(["alice", "counter", "dave", "erin", "follower"], snapshot.Roster.Select(static p => p.Text).Order());
        _time.Advance(_period);
        Assert.Equal([new Packet(-1, Wire.MemberCount, "", 5)], await counter.FenceAsync());
    }

    [Fact]
    public async Task Counting_followers_receive_a_reset_with_the_number()
    {
        await using var server = await StartAsync(build: static b => b.UseRoomStore<ResettableStore>());
        var store = (ResettableStore)server.Services.GetRequiredService<IRoomStore>();
        await using var alice = await server.JoinAsync("alice", "room");
        await using var known = await FollowAsync(server, "known", counts: true);
        await using var bob = await FollowAsync(server, "bob");
        await using var hidden = await FollowAsync(server, "hidden", counts: true);
        await using var other = await FollowAsync(server, "other");
        _time.Advance(_period);
        await alice.FenceAsync();
        var clients = new[] { known, bob, hidden, other };
        foreach (var client in clients)
            await client.FenceAsync();
        var members = store.MembersOf("room");
        var position = store.PositionOf("room") with { Offset = 500, Check = 99 };
        store.Reset("room", new RoomSnapshot(position, [.. members, new RoomMember(77, "carol", 78)], [], []));

        Assert.Equal(["5 carol"], (await alice.FenceAsync()).Select(static p => $"{p.Command} {p.Text}"));
        var rosters = new List<string>();
        foreach (var client in clients)
        {
            var seen = await client.FenceAsync();
            var snapshot = SnapshotReceived.TakeFrom(seen);
            Assert.Empty(seen);
            Assert.Equal(position, snapshot.Position);
            rosters.Add(string.Join(' ', snapshot.Roster.Select(static p => p.Command == Wire.MemberCount ? $"{p.P1}" : p.Text).Order(StringComparer.Ordinal)));
        }

        Assert.Equal(["6 alice known", "alice bob carol hidden known other", "6 alice hidden known", "alice bob carol hidden known other"], rosters);

        // Not large any more: counting clients receive every member, and the snapshot has all of them.
        store.Reset("room", new RoomSnapshot(position with { Offset = 501 }, [.. members.Where(static m => m.Nick is "known" or "hidden")], [], []));
        foreach (var client in new[] { known, hidden })
        {
            var seen = await client.FenceAsync();
            var begin = seen.FindIndex(static p => p.Command == Wire.Snapshot);
            Assert.Equal(["hidden"], seen.Take(begin).Select(static p => p.Text));
            seen.RemoveRange(0, begin);
            Assert.Equal(["hidden", "known"], SnapshotReceived.TakeFrom(seen).Roster.Select(static p => p.Text).Order());
        }
    }

    [Fact]
    public async Task Both_kinds_of_skipped_events_together_stay_within_500()
    {
        await using var server = await StartAsync(build: static b => b.UseRoomStore<FlakyStore>());
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await using var counter = await FollowAsync(server, "counter", counts: true);
        var room = server.Rooms.Find("room")!;
        var last = room.Position.Offset;
        await using var log = await ((FlakyStore)server.Services.GetRequiredService<IRoomStore>()).OpenAsync("room", new Elsewhere(), default);
        for (var i = 0; i < 700; i++)
        {
            await log.AppendAsync(new RoomAppend(RoomEvent.Joined(new RoomMember(1_000_000 + i, $"passer {i}", session: 1_000_000 + i))));
            await room.BroadcastAsync(300);
        }

        _time.Advance(_period);
        foreach (var packet in (await counter.FenceAsync()).Where(static p => p.Command == Wire.Event))
        {
            var offset = LogEvent.Of(packet).Offset;
            Assert.InRange(offset - last, 1, 501);
            last = offset;
        }

        Assert.InRange(room.Position.Offset - last, 0, 500);
    }

    private static IEnumerable<long> Offsets(IEnumerable<Packet> packets) => packets.Select(static p => LogEvent.Of(p).Offset);

    /// <summary>Returns the offset of each event, then command and text of its packets.</summary>
    private static string[] Events(IEnumerable<Packet> packets) =>
        [.. packets.Select(LogEvent.Of).Select(static e => $"{e.Offset} {string.Join(' ', e.Packets.Select(static p => $"{p.Command} {p.Text}"))}")];

    private static async Task<TestClient> FollowAsync(TestServer server, string nick, bool counts = false)
    {
        var client = await server.SignInAsync(nick);
        if (counts)
            await client.AcceptAsync(Wire.MemberCount);
        await FollowingTests.FollowAsync(client, "room");
        return client;
    }

    private Task<TestServer> StartAsync(Action<TPacketServerOptions>? options = null, Action<ITPacketServerBuilder>? build = null) => TestServer.StartAsync(
        o =>
        {
            (o.LargeRoomMembers, o.PresencePeriod) = (2, _period);
            options?.Invoke(o);
        },
        build,
        _time);

    private sealed class Elsewhere : IRoomSubscriber
    {
        public void OnReset(RoomSnapshot snapshot)
        {
        }

        public void OnEvents(ReadOnlySpan<RoomEvent> events)
        {
        }

        public void OnLost(Exception cause)
        {
        }
    }
}
