using TPacket.EndToEnd.Tests.Harness;

namespace TPacket.EndToEnd.Tests;

/// <summary>The behaviour of a client with a real server, on each platform.</summary>
public abstract class ClientSpecification(IClientPlatform platform, bool tls) : IAsyncLifetime
{
    // Reconnects without delay: the tests wait for them.
    private static readonly object _hasty = new { reconnect = new { initialDelay = 10, maxDelay = 50 }, accept = new[] { new[] { TestServer.Broadcast, TestServer.Broadcast } } };

    private readonly List<SteeredClient> _clients = [];
    private TestServer _server = null!;
    private Relay _relay = null!;

    public async Task InitializeAsync()
    {
        _server = await TestServer.StartAsync(tls);
        _relay = Relay.Start(_server.EndPoint);
    }

    public async Task DisposeAsync()
    {
        // The clients would reconnect for ever.
        foreach (var client in _clients)
            client.Call("close");
        await _relay.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Two_users_receive_the_messages_joins_and_leaves_of_each_other()
    {
        var (alice, bob) = (Client(), Client());
        await alice.EnterAsync("alice", "lobby");
        alice.Call("say", "grüße ✓ 😀");
        await alice.TellsAsync("message alice grüße ✓ 😀");

        bob.Call("connect", "bøb", "lobby");
        await bob.TellsAsync(
            "state connecting", "state signingIn", "state joining lobby", "entered lobby", "history alice: grüße ✓ 😀", "state ready lobby", "connect done");
        await alice.TellsAsync("joined bøb");
        bob.Call("roster");
        await bob.TellsAsync("roster alice bøb self bøb");

        bob.Call("say", "hi 你好");
        await bob.TellsAsync("message bøb hi 你好");
        await alice.TellsAsync("message bøb hi 你好");
        bob.Call("close");
        await bob.TellsAsync("state closed");
        await alice.TellsAsync("left bøb");
        alice.Call("roster");
        await alice.TellsAsync("roster alice self alice");
    }

    [Fact]
    public async Task A_taken_nick_is_reported_and_another_one_is_accepted()
    {
        var (first, second) = (Client(), Client());
        await first.EnterAsync("alice", "lobby");

        second.Call("connect", "Alice", "lobby");
        await second.TellsAsync("state connecting", "state signingIn");
        Assert.StartsWith("state closed RequestError -11", await second.NextAsync(), StringComparison.Ordinal);
        Assert.StartsWith("connect RequestError -11", await second.NextAsync(), StringComparison.Ordinal);

        await second.EnterAsync("alice2", "lobby");
        await first.TellsAsync("joined alice2");
    }

    [Fact]
    public async Task Requests_are_answered_and_refused()
    {
        var client = Client();
        await client.EnterAsync("alice", "lobby");

        client.Call("request", new { command = TestServer.Echo, p1 = int.MinValue, p2 = int.MaxValue, data = "€" });
        await client.TellsAsync($"request {TestServer.Echo} {int.MinValue} {int.MaxValue} €");
        client.Call("request", new { command = TestServer.Refuse });
        await client.TellsAsync("request RequestError -1042 Not your turn.");
        client.Call("request", new { command = 999 });
        Assert.StartsWith("request RequestError -2", await client.NextAsync(), StringComparison.Ordinal);
        client.Call("say", new string('x', 256));
        Assert.StartsWith("refused -30", await client.NextAsync(), StringComparison.Ordinal);
        client.Call("join", "cellar");
        await client.TellsAsync("state joining cellar", "state ready lobby");
        Assert.StartsWith("join RequestError -22", await client.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_receive_broadcasts_of_the_host()
    {
        var client = Client();
        await client.EnterAsync("alice", "lobby");

        await _server.Room("lobby").BroadcastAsync(TestServer.Broadcast, -7, 9);
        await _server.Room("lobby").AnnounceAsync("The round is over.");

        await client.TellsAsync($"packet {TestServer.Broadcast} -7 9", "message The round is over.");
    }

    [Fact]
    public async Task A_client_reconnects_to_a_restarted_server()
    {
        var client = Client();
        await client.EnterAsync("alice", "lobby");

        _relay.Server = null;
        await _server.DisposeAsync();
        await client.TellsAsync("state reconnecting 1 ConnectionError 1001");
        _server = await TestServer.StartAsync(tls);
        _relay.Server = _server.EndPoint;

        await client.ReachesAsync("entered lobby again");
        await client.TellsAsync("state ready lobby");
        await _server.Room("lobby").BroadcastAsync(TestServer.Broadcast, 1);
        client.Call("say", "back");
        await client.TellsAsync($"packet {TestServer.Broadcast} 1 0", "message alice back");
    }

    [Fact]
    public async Task A_connection_that_is_cut_reconnects()
    {
        var (alice, bob) = (Client(), Client());
        await alice.EnterAsync("alice", "lobby");
        await bob.EnterAsync("bob", "lobby");
        await alice.TellsAsync("joined bob");

        _relay.Cut();

        await alice.TellsAsync("state reconnecting 1 ConnectionError 1006");
        await alice.ReachesAsync("state ready lobby");
        await bob.ReachesAsync("state ready lobby");
        bob.Call("say", "hello");
        await alice.ReachesAsync("message bob hello");
    }

    [Fact]
    public async Task A_client_that_was_disconnected_permanently_does_not_reconnect()
    {
        var client = Client();
        await client.EnterAsync("alice", "lobby");

        _server.User("alice").Disconnect("no such behaviour here");

        await client.TellsAsync("state closed ConnectionError 1008");
    }

    [Fact]
    public async Task A_server_that_does_not_exist_is_reported_at_once()
    {
        _relay.Server = null;
        var client = Client();

        client.Call("connect", "alice", "lobby");

        await client.TellsAsync("state connecting", "state closed ConnectionError 1006", "connect ConnectionError 1006");
    }

    private SteeredClient Client()
    {
        var client = new SteeredClient(platform, new Uri($"{(tls ? "wss" : "ws")}://{_relay.EndPoint}/"), _hasty);
        _clients.Add(client);
        return client;
    }
}
