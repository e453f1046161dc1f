using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Rooms.Presence;

/// <summary>Rooms with deferred presence (docs/protocol.md, Large rooms). Rooms of more than two members are large here, and the test moves the clock.</summary>
public class LargeRoomTests
{
    private static readonly TimeSpan _period = TimeSpan.FromMilliseconds(250);

    private readonly WatchedTime _time = new();

    [Fact]
    public async Task Joins_and_leaves_wait_for_the_period_and_are_sent_in_their_order()
    {
        await using var server = await StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        Assert.Equal([NewUser(bob)], await alice.FenceAsync());

        await using var carol = await server.JoinAsync("carol", "room");
        var dave = await server.JoinAsync("dave", "room");
        await LeaveAsync(server, dave);
        Assert.Empty(await alice.FenceAsync());
        _time.Advance(_period);

        Assert.Equal([NewUser(carol), NewUser(dave), DelUser(dave)], await alice.FenceAsync());
        Assert.Equal([NewUser(carol), NewUser(dave), DelUser(dave)], await bob.FenceAsync());
        // A client that joined meanwhile has a roster with the earlier members, and receives the joins of the others.
        Assert.Equal([NewUser(dave), DelUser(dave)], await carol.FenceAsync());
    }

    [Fact]
    public async Task A_newcomer_receives_the_whole_roster_at_once()
    {
        await using var server = await StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await using var carol = await server.SignInAsync("carol");
        Assert.Equal(["alice", "bob", "carol"], (await carol.JoinAsync("room")).Select(static p => p.Text).Order());
        await using var dave = await server.SignInAsync("dave");
        Assert.Equal(["alice", "bob", "carol", "dave"], (await dave.JoinAsync("room")).Select(static p => p.Text).Order());
    }

    [Fact]
    public async Task A_message_does_not_overtake_a_join()
    {
        await using var server = await StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await using var carol = await server.JoinAsync("carol", "room");
        await carol.SayAsync("hello");
        await LeaveAsync(server, carol);
        await bob.SendAsync(Wire.NewMsg, "bye");

        Packet[] expected = [NewUser(bob), NewUser(carol), Said(carol, "hello"), DelUser(carol), Said(bob, "bye")];
        Assert.Equal(expected, await alice.ReceiveAsync(expected.Length));
    }

    [Fact]
    public async Task A_broadcast_of_the_host_does_not_overtake_a_join()
    {
        await using var server = await StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await using var carol = await server.JoinAsync("carol", "room");
        await server.Rooms.Find("room")!.AnnounceAsync("tea is ready");
        Assert.Equal([NewUser(bob), NewUser(carol), new(-1, Wire.LoggedMsg, "tea is ready")], await alice.FenceAsync());
    }

    [Fact]
    public async Task More_presence_than_a_buffer_holds_is_sent_before_the_period_is_over()
    {
        await using var server = await StartAsync(o => o.MaxNickBytes = 1024);
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        var crowd = new List<TestClient>();
        for (var i = 0; i < 12; i++)
            crowd.Add(await server.JoinAsync($"{i}{new string('x', 1000)}", "room"));
        var early = await alice.FenceAsync();
        _time.Advance(_period);
        var late = await alice.FenceAsync();

        Assert.InRange(early.Count, 2, 12);
        Assert.Equal([NewUser(bob), .. crowd.Select(NewUser)], [.. early, .. late]);
        foreach (var client in crowd)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task A_counting_client_receives_a_number_and_the_members_that_speak()
    {
        await using var server = await StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        await using var counter = await JoinCountingAsync(server, "counter");
        Assert.Equal([NewUser(counter)], await alice.FenceAsync());
        await using var carol = await server.JoinAsync("carol", "room");
        await using var dave = await server.JoinAsync("dave", "room");
        Assert.Empty(await counter.FenceAsync());

        _time.Advance(_period);
        Assert.Equal([Count(4)], await counter.FenceAsync());

        await dave.SayAsync("hello");
        await dave.SayAsync("again");
        Assert.Equal([NewUser(dave), Said(dave, "hello"), Said(dave, "again")], await counter.FenceAsync());
        Assert.Equal([NewUser(carol), NewUser(dave), Said(dave, "hello"), Said(dave, "again")], await alice.FenceAsync());
    }

    [Fact]
    public async Task A_counting_client_receives_the_leaves_of_members_that_it_knows()
    {
        await using var server = await StartAsync();
        var alice = await server.JoinAsync("alice", "room");
        await using var counter = await JoinCountingAsync(server, "counter");
        var carol = await server.JoinAsync("carol", "room");
        await using var dave = await server.JoinAsync("dave", "room");
        await using var erin = await server.JoinAsync("erin", "room");
        await LeaveAsync(server, alice, 1);
        await LeaveAsync(server, carol, 2);
        _time.Advance(_period);
        Assert.Equal([DelUser(alice), Count(3)], await counter.FenceAsync());
    }

    [Fact]
    public async Task A_counting_newcomer_receives_itself_the_members_that_spoke_and_the_number()
    {
        await using var server = await StartAsync();
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await using var carol = await server.JoinAsync("carol", "room");
        await using var dave = await server.JoinAsync("dave", "room");
        await dave.SayAsync("hello");
        await using var counter = await server.SignInAsync("counter");
        await counter.ReplyAsync(Wire.AcceptCommands, "", Wire.MemberCount, Wire.MemberCount);
        var welcome = await counter.JoinAsync("room");

        Assert.Equal([alice, bob, counter, dave], welcome.Where(static p => p.Command == Wire.NewUser).OrderBy(static p => p.Text).Select(p => p.Text switch
        {
            "alice" => alice,
            "bob" => bob,
            "counter" => counter,
            "dave" => dave,
            _ => null!,
        }));
        Assert.Equal([Count(5), new(-1, Wire.LoggedMsg, "dave: hello")], welcome[^2..]);
    }

    [Fact]
    public async Task A_counting_client_receives_the_other_members_when_a_room_is_not_large_any_more()
    {
        await using var server = await StartAsync();
        var alice = await server.JoinAsync("alice", "room");
        await using var counter = await JoinCountingAsync(server, "counter");
        await using var carol = await server.JoinAsync("carol", "room");
        await LeaveAsync(server, alice);
        _time.Advance(_period);
        Assert.Equal([DelUser(alice), NewUser(carol), Count(2)], await counter.FenceAsync());

        await LeaveAsync(server, carol, 2);
        Assert.Equal([DelUser(carol)], await counter.FenceAsync());
    }

    [Fact]
    public async Task A_new_nick_is_sent_to_all_members_that_know_the_old_one()
    {
        await using var server = await StartAsync(o => o.AllowNickChange = true);
        await using var alice = await server.JoinAsync("alice", "room");
        await using var counter = await JoinCountingAsync(server, "counter");
        await using var carol = await server.JoinAsync("carol", "room");
        await carol.SendAsync(Wire.SetUserNick, "caroline");
        await carol.FenceAsync();
        await alice.SendAsync(Wire.SetUserNick, "alicia");
        _time.Advance(_period);

        Packet[] alices = [new(-1, Wire.DelUser, "alice", alice.Id), new(-1, Wire.NewUser, "alicia", alice.Id)];
        Packet[] carols = [new(-1, Wire.DelUser, "carol", carol.Id), new(-1, Wire.NewUser, "caroline", carol.Id)];
        var seen = await alice.FenceAsync();
        _time.Advance(_period);
        seen.AddRange(await alice.FenceAsync());
        Assert.Equal([NewUser(counter), NewUser(carol), .. carols, .. alices], seen.Where(static p => p.Command != Wire.RespOk));
        await carol.SendAsync(Wire.NewMsg, "me again");
        Packet[] counted = [.. alices, new(-1, Wire.NewUser, "caroline", carol.Id), Said(carol, "me again")];
        Assert.Equal(counted, (await counter.FenceUntilAsync(static p => p.Command == Wire.NewMsg)).Where(static p => p.Command != Wire.MemberCount));
    }

    [Fact]
    public async Task A_counting_client_receives_its_own_new_nick_before_it_has_spoken()
    {
        await using var server = await StartAsync(o => o.AllowNickChange = true);
        await using var alice = await server.JoinAsync("alice", "room");
        await using var bob = await server.JoinAsync("bob", "room");
        await using var counter = await JoinCountingAsync(server, "counter");
        await using var other = await JoinCountingAsync(server, "other");
        await counter.SendAsync(Wire.SetUserNick, "count");
        var seen = await counter.FenceAsync();
        _time.Advance(_period);
        seen.AddRange(await counter.FenceAsync());

        Packet[] renamed = [new(-1, Wire.DelUser, "counter", counter.Id), new(-1, Wire.NewUser, "count", counter.Id)];
        Assert.Equal([.. renamed, Count(4)], seen.Where(static p => p.Command != Wire.RespOk));
        Assert.Equal([Count(4)], await other.FenceAsync());
    }

    [Fact]
    public async Task A_number_that_has_not_changed_is_not_sent_again()
    {
        await using var server = await StartAsync(o => o.AllowNickChange = true);
        await using var alice = await server.JoinAsync("alice", "room");
        await using var counter = await JoinCountingAsync(server, "counter");
        await using var carol = await server.JoinAsync("carol", "room");
        _time.Advance(_period);
        Assert.Equal([Count(3)], await counter.FenceAsync());
        await carol.SendAsync(Wire.SetUserNick, "caroline");
        await carol.FenceAsync();
        _time.Advance(_period);
        Assert.Empty(await counter.FenceAsync());
    }

    [Fact]
    public async Task A_counting_client_that_is_the_first_of_its_server_knows_members_that_spoke_meanwhile()
    {
        await using var server = await StartAsync(build: static b => b.UseRoomStore<FlakyStore>());
        await using var elsewhere = await Elsewhere.EnterAsync(server, "ann", "ben", "cid");
        await using var counter = await elsewhere.LetInAsync(server, log => log.AppendAsync(new RoomAppend(RoomEvent.Message(elsewhere.Members[1], "hello"u8.ToArray()))).AsTask());
        var seen = await counter.FenceAsync();

        Assert.Equal(["counter"], seen.Where(static p => p.Command == Wire.NewUser).Select(static p => p.Text));
        Assert.Equal([Count(4), new(-1, Wire.LoggedMsg, "ben: hello")], seen[^2..]);
    }

    [Fact]
    public async Task A_counting_client_that_is_the_first_of_its_server_knows_all_members_of_a_room_that_is_not_large_any_more()
    {
        await using var server = await StartAsync(build: static b => b.UseRoomStore<FlakyStore>());
        await using var elsewhere = await Elsewhere.EnterAsync(server, "ann", "ben", "cid");
        await using var counter = await elsewhere.LetInAsync(server, async log =>
        {
            await log.AppendAsync(new RoomAppend(RoomEvent.Left(elsewhere.Members[0], LeaveCause.Disconnected)));
            await log.AppendAsync(new RoomAppend(RoomEvent.Left(elsewhere.Members[1], LeaveCause.Disconnected)));
        });
        var seen = await counter.FenceAsync();

        Assert.Equal(["cid", "counter"], seen.Where(static p => p.Command == Wire.NewUser).Select(static p => p.Text).Order());
        Assert.DoesNotContain(seen, static p => p.Command == Wire.DelUser);
        Assert.DoesNotContain(seen, static p => p.Command == Wire.MemberCount);
    }

    [Fact]
    public async Task In_a_small_room_a_counting_client_receives_the_same_as_other_clients()
    {
        await using var server = await StartAsync();
        await using var counter = await JoinCountingAsync(server, "counter");
        var bob = await server.JoinAsync("bob", "room");
        await LeaveAsync(server, bob);
        _time.Advance(_period);
        Assert.Equal([NewUser(bob), DelUser(bob)], await counter.FenceAsync());
    }

    [Fact]
    public async Task No_presence_waits_in_an_empty_room()
    {
        await using var server = await StartAsync(o => o.LargeRoomMembers = 0);
        var crowd = new List<TestClient>();
        for (var i = 0; i < 3; i++)
            crowd.Add(await server.JoinAsync($"u{i}", "room"));
        for (var i = 0; i < crowd.Count; i++)
            await LeaveAsync(server, crowd[i], i + 1);
        Assert.Empty(server.Rooms.Rooms);
        _time.Advance(_period);
        await using var late = await server.SignInAsync("late");
        Assert.Equal(["late"], (await late.JoinAsync("room")).Select(static p => p.Text));
    }

    private Task<TestServer> StartAsync(Action<TPacketServerOptions>? options = null, Action<ITPacketServerBuilder>? build = null) => TestServer.StartAsync(
        o =>
        {
            (o.LargeRoomMembers, o.PresencePeriod) = (2, _period);
            options?.Invoke(o);
        },
        build: build,
        time: _time);

    private static async Task<TestClient> JoinCountingAsync(TestServer server, string nick)
    {
        var client = await server.SignInAsync(nick);
        await client.ReplyAsync(Wire.AcceptCommands, "", Wire.MemberCount, Wire.MemberCount);
        await client.JoinAsync("room");
        return client;
    }

    private static async Task LeaveAsync(TestServer server, TestClient client, int nth = 1)
    {
        await client.DisposeAsync();
        await server.EndedAsync(nth);
    }

    private static Packet NewUser(TestClient client) => new(-1, Wire.NewUser, client.Nick, client.Id);

    private static Packet DelUser(TestClient client) => new(-1, Wire.DelUser, client.Nick, client.Id);

    private static Packet Said(TestClient client, string text) => new(-1, Wire.NewMsg, text, client.Id);

    private static Packet Count(int members) => new(-1, Wire.MemberCount, "", members);

    /// <summary>Another server on the same store, with users in the room.</summary>
    private sealed class Elsewhere(FlakyStore store) : IRoomSubscriber, IAsyncDisposable
    {
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private IRoomLog _log = null!;

        public IReadOnlyList<RoomMember> Members { get; private set; } = [];

        public static async Task<Elsewhere> EnterAsync(TestServer server, params string[] nicks)
        {
            var store = (FlakyStore)server.Services.GetRequiredService<IRoomStore>();
            var elsewhere = new Elsewhere(store) { Members = [.. nicks.Select(static (nick, i) => new RoomMember(1_000_000 + i, nick, session: 1_000_000 + i))] };
            elsewhere._log = await store.OpenAsync("room", elsewhere, default);
            foreach (var member in elsewhere.Members)
                await elsewhere._log.AppendAsync(new RoomAppend(RoomEvent.Joined(member)));
            return elsewhere;
        }

        /// <summary>Lets a counting client enter this server, and an event happen on the other one between its join and its roster.</summary>
        public async Task<TestClient> LetInAsync(TestServer server, Func<IRoomLog, Task> meanwhileAsync)
        {
            var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var counter = await server.SignInAsync("counter");
            await counter.ReplyAsync(Wire.AcceptCommands, "", Wire.MemberCount, Wire.MemberCount);
            store.JoinGate = gate.Task;
            await counter.SendAsync(Wire.SetRoom, "room");
            await _entered.Task.WaitAsync(TimeSpan.FromSeconds(30));
            await meanwhileAsync(_log);
            gate.SetResult();
            return counter;
        }

        public void OnReset(RoomSnapshot snapshot)
        {
        }

        public void OnEvents(ReadOnlySpan<RoomEvent> events)
        {
            if (events[0] is { Kind: RoomEventKind.Joined, Member.Nick: "counter" })
                _entered.TrySetResult();
        }

        public void OnLost(Exception cause) => _entered.TrySetException(cause);

        public ValueTask DisposeAsync() => _log.DisposeAsync();
    }
}
