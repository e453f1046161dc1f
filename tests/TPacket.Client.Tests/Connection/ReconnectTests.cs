using TPacket.Client.Tests.Harness;
using TPacket.EndToEnd.Tests.Harness;
using TPacket.Protocol;
using TPacket.Server.Tests.Harness;
using TPacket.WebSockets;

namespace TPacket.Client.Tests.Connection;

/// <summary>The state that a reconnect restores, and the delays before it.</summary>
public class ReconnectTests
{
    [Fact]
    public async Task A_client_without_a_session_reconnects_with_its_nick_and_room()
    {
        await using var server = await TestServer.StartAsync();
        await using var relay = Relay.Start(server.EndPoint);
        var address = new Uri($"ws://{relay.EndPoint}/");
        var (alice, bob) = (server.Client(options => options.KeepSession = false, address), await server.EnterAsync("bob"));
        await alice.ConnectAsync("alice", "lobby");
        var (aliceRecorder, bobRecorder) = (new ClientRecorder(alice), new ClientRecorder(bob));
        var before = alice.Roster.Self!;

        relay.Cut();
        await aliceRecorder.RecordsAsync("Ready lobby");

        Assert.StartsWith("Reconnecting 1 Lost", aliceRecorder.Lines[0], StringComparison.Ordinal);
        Assert.Contains("entered lobby again", aliceRecorder.Lines);
        // Bob has stayed in the room, and the client has another id.
        Assert.DoesNotContain(aliceRecorder.Lines, line => line.EndsWith(" bob", StringComparison.Ordinal));
        Assert.NotEqual(before.Id, alice.Roster.Self!.Id);
        Assert.Equal("alice", alice.Roster.Self.Nick);
        await bobRecorder.RecordsAsync("joined alice");
        await alice.SendAsync("back");
        await bobRecorder.RecordsAsync("alice: back");
    }

    [Fact]
    public async Task A_client_reconnects_to_a_restarted_server()
    {
        var server = await TestServer.StartAsync();
        await using var relay = Relay.Start(server.EndPoint);
        await using var client = new TPacketClient(new Uri($"ws://{relay.EndPoint}/"), TestServer.Hasty(null));
        await client.ConnectAsync("alice", "lobby");
        var recorder = new ClientRecorder(client);

        relay.Server = null;
        await server.DisposeAsync();
        await recorder.RecordsAsync("Reconnecting 2 Unreachable");
        await using var again = await TestServer.StartAsync();
        relay.Server = again.EndPoint;

        await recorder.RecordsAsync("Ready lobby");
        Assert.Equal("Reconnecting 1 ClosedByServer", recorder.Lines[0]);
        await client.SendAsync("back");
        await recorder.RecordsAsync("alice: back");
    }

    [Fact]
    public async Task Only_differences_between_the_rosters_raise_events()
    {
        await using var server = new FakeServer();
        var client = server.Client();
        var connecting = client.ConnectAsync("alice", "lobby");
        var session = await server.SignInAsync();
        await session.LetInAsync(users: ["alice", "bob", "carol"]);
        await connecting;
        var recorder = new ClientRecorder(client);

        session.Cut();
        await recorder.RecordsAsync("Reconnecting 1 Lost");
        Assert.Equal(["alice", "bob", "carol"], client.Roster.Users.Select(user => user.Nick));
        session = await server.SignInAsync();
        await session.LetInAsync(users: ["bob", "eve", "alice"], history: ["bob: hello"], firstId: 0x1001);
        await recorder.RecordsAsync("Ready lobby");

        Assert.Equal(
            [
                "Reconnecting 1 Lost", "Connecting", "SigningIn", "Joining lobby",
                "removed alice", "removed carol", "added eve", "added alice", "entered lobby again", "history bob: hello", "Ready lobby",
            ],
            recorder.Lines);
        Assert.Equal(new RoomUser(0x1003, "alice"), client.Roster.Self);
    }

    [Fact]
    public async Task A_client_reconnects_with_its_last_room_and_nick()
    {
        await using var server = new FakeServer();
        var (client, session) = await server.EnterAsync();
        var recorder = new ClientRecorder(client);
        var joining = client.JoinAsync("cellar");
        await session.LetInAsync("cellar");
        await joining;
        await session.UserGoesAsync(0x1000, "alice");
        await session.UserComesAsync(0x1000, "eve");
        await recorder.RecordsAsync("joined eve");

        session.Cut();
        session = await server.SignInAsync("eve");
        await session.LetInAsync("cellar", ["eve"]);

        await recorder.RecordsAsync("Ready cellar", times: 2);
    }

    [Fact]
    public async Task A_client_that_loses_its_connection_during_a_room_change_returns_to_the_old_room()
    {
        await using var server = new FakeServer();
        var (client, session) = await server.EnterAsync();
        var recorder = new ClientRecorder(client);
        var joining = client.JoinAsync("cellar");
        await session.ReadAsync((int)PacketCommand.SetRoom, "cellar");

        session.Cut();

        Assert.Equal(ClientPhase.Reconnecting, (await Assert.ThrowsAsync<RequestLostException>(() => joining)).State.Phase);
        await (await server.SignInAsync()).LetInAsync("lobby");
        await recorder.RecordsAsync("Ready lobby");
    }

    [Fact]
    public async Task Delays_between_attempts_grow_to_a_bound_and_are_reset_by_a_stable_connection()
    {
        var time = new WatchedTime();
        await using var server = new FakeServer();
        var (client, session) = await server.EnterAsync(options =>
        {
            options.WebSocket = new WebSocketClientOptions { TimeProvider = time };
            options.Reconnect = new ReconnectOptions { InitialDelay = TimeSpan.FromSeconds(1), MaxDelay = TimeSpan.FromSeconds(5) };
        });
        var recorder = new ClientRecorder(client);
        var pauses = Pauses(client);

        session.Cut();
        for (var refused = 1; refused <= 4; refused++)
        {
            time.Advance((await pauses.NthAsync(refused, _ => true)).Delay);
            await server.AcceptAsync("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
        }

        time.Advance((await pauses.NthAsync(5, _ => true)).Delay);
        session = await server.SignInAsync();
        await session.LetInAsync();
        await recorder.RecordsAsync("Ready lobby");
        time.Advance(ReconnectOptions.Default.StableAfter);
        session.Cut();
        await pauses.NthAsync(6, _ => true);

        Assert.Equal([1, 2, 3, 4, 5, 1], pauses.All.Select(state => state.Attempt));
        Assert.All(pauses.All.Zip([1.0, 2, 4, 5, 5, 1]), pair => Assert.InRange(pair.First.Delay.TotalSeconds, pair.Second / 2, pair.Second));
    }

    [Fact]
    public async Task Delays_grow_if_the_server_drops_every_ready_client()
    {
        var time = new WatchedTime();
        await using var server = new FakeServer();
        var (client, session) = await server.EnterAsync(options =>
        {
            options.WebSocket = new WebSocketClientOptions { TimeProvider = time };
            options.Reconnect = ReconnectOptions.Default;
        });
        var recorder = new ClientRecorder(client);
        var pauses = Pauses(client);

        for (var drop = 1; drop <= 8; drop++)
        {
            // 50 ms later by the client's clock.
            time.Advance(TimeSpan.FromMilliseconds(50));
            await session.CloseAsync(1001);
            time.Advance((await pauses.NthAsync(drop, _ => true)).Delay);
            session = await server.SignInAsync();
            await session.LetInAsync();
            await recorder.RecordsAsync("Ready lobby", times: drop);
        }

        Assert.Equal(Enumerable.Range(1, 8), pauses.All.Select(state => state.Attempt));
        Assert.All(pauses.All.Zip([0.5, 1, 2, 4, 8, 16, 30, 30]), pair => Assert.InRange(pair.First.Delay.TotalSeconds, pair.Second / 2, pair.Second));
    }

    [Fact]
    public async Task A_client_that_reads_too_slowly_is_closed_with_1013_and_reconnects()
    {
        await using var server = await TestServer.StartAsync(options => options.CloseTimeout = TimeSpan.FromMinutes(1));
        var client = await server.EnterAsync("alice");
        var recorder = new ClientRecorder(client);
        using var reads = new ManualResetEventSlim();
        using var deadline = Deadline.Start();
        client.EventReceived += _ => reads.Wait(deadline.Token);

        var text = new byte[32 * 1024];
        while (server.User("alice").Send((int)PacketCommand.LoggedMsg, p1: 0, p2: 0, text))
            deadline.Token.ThrowIfCancellationRequested();
        var lost = new TaskCompletionSource<ClientState>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.StateChanged += state => lost.TrySetResult(state);
        reads.Set();

        var state = await lost.Task.WaitAsync(deadline.Token);
        Assert.Equal(("Reconnecting 1 ClosedByServer", CloseStatus.TryAgainLater), (ClientRecorder.Describe(state), state.Cause!.CloseStatus));
        await recorder.RecordsAsync("Ready lobby Resumed");
    }

    [Fact]
    public async Task A_silent_server_is_pinged_and_the_connection_closed()
    {
        var time = new WatchedTime();
        await using var server = new FakeServer();
        var (client, _) = await server.EnterAsync(options =>
        {
            options.WebSocket = new WebSocketClientOptions { TimeProvider = time };
            options.Reconnect = ReconnectOptions.Never;
        });
        var lost = new ClientRecorder(client).RecordsAsync("Closed Lost");

        // This server does not read, so it does not answer the ping.
        while (!lost.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await lost;
        Assert.Contains("ping", client.State.Cause!.Message, StringComparison.Ordinal);
    }

    /// <summary>Records the states in which a client waits for its next attempt.</summary>
    private static Recorder<ClientState> Pauses(TPacketClient client)
    {
        var pauses = new Recorder<ClientState>();
        client.StateChanged += state =>
        {
            if (state.Phase == ClientPhase.Reconnecting)
                pauses.Add(state);
        };
        return pauses;
    }
}
