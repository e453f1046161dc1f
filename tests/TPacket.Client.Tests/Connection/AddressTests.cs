using System.Net;
using System.Net.Sockets;
using TPacket.Client.Connection;
using TPacket.Client.Tests.Harness;
using TPacket.Server;
using TPacket.Server.Tests.Harness;

namespace TPacket.Client.Tests.Connection;

/// <summary>The address of an attempt: its schemes, the function that returns it, and failed connections.</summary>
public class AddressTests
{
    [Theory]
    [InlineData("http://host/chat?a=http://b", "ws://host/chat?a=http://b")]
    [InlineData("http://host:81/", "ws://host:81/")]
    [InlineData("https://host/", "wss://host/")]
    [InlineData("https://host:443/", "wss://host/")]
    [InlineData("wss://host/", "wss://host/")]
    public void An_HTTP_address_becomes_a_WebSocket_address(string given, string used) => Assert.Equal(used, ServerAddress.Of(new Uri(given))!.AbsoluteUri);

    [Fact]
    public void An_address_with_another_scheme_is_rejected() => Assert.Throws<ArgumentException>(() => new TPacketClient(new Uri("ftp://host/")));

    [Fact]
    public async Task A_client_connects_to_an_HTTP_address()
    {
        await using var server = await TestServer.StartAsync();
        var client = server.Client(address: new Uri($"http://{server.EndPoint}/"));

        await client.ConnectAsync("alice", "lobby");

        Assert.Equal(ClientPhase.Ready, client.State.Phase);
    }

    [Fact]
    public async Task The_error_of_a_failed_attempt_has_the_address_without_its_query()
    {
        using var free = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        free.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var client = new TPacketClient(new Uri($"ws://{free.LocalEndPoint}/chat?token=secret"), new TPacketClientOptions());

        var error = await Assert.ThrowsAsync<TPacketClientException>(() => client.ConnectAsync("alice"));

        Assert.Contains($"no connection to ws://{free.LocalEndPoint}/chat: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("; check host and port.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_speaks_TLS_suggests_wss()
    {
        using var certificate = new TestCertificate();
        await using var server = await TestServer.StartAsync(options =>
            options.Endpoints.Add(new TPacketEndpointOptions { Address = "127.0.0.1", Port = 0, Certificate = certificate.PemPath, CertificateKey = certificate.KeyPath }));
        var client = server.Client(address: new Uri($"ws://{server.EndPoint}/"));

        var error = await Assert.ThrowsAsync<TPacketClientException>(() => client.ConnectAsync("alice"));

        Assert.EndsWith("; if the server speaks TLS there, use wss://.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_message_of_a_refusal_ends_with_one_full_stop()
    {
        await using var server = await TestServer.StartAsync();
        await server.EnterAsync("alice");

        var error = await Assert.ThrowsAsync<RequestRefusedException>(() => server.Client().ConnectAsync("alice"));

        Assert.EndsWith("taken.", error.Message, StringComparison.Ordinal);
        Assert.False(error.Message.EndsWith("..", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_target_function_is_called_for_each_attempt()
    {
        await using var server = new FakeServer();
        var calls = 0;
        var client = server.Client(options => options.Target = (address, _) => ValueTask.FromResult<ConnectTarget?>(
            new ConnectTarget(new Uri(address, $"/?token={++calls}")) { Headers = [new("X-Token", $"header {calls}")], Subprotocols = [$"bearer.{calls}"] }));
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            // A new nick each time, because the client would resume the session of the same nick.
            var connecting = client.ConnectAsync($"alice{attempt}", "lobby");
            var session = await server.SignInAsync($"alice{attempt}");
            Assert.StartsWith($"GET /?token={attempt} ", server.Head, StringComparison.Ordinal);
            Assert.Contains($"X-Token: header {attempt}", server.Head, StringComparison.Ordinal);
            Assert.Contains($"bearer.{attempt}", server.Head, StringComparison.Ordinal);
            session.Cut();
            await Assert.ThrowsAnyAsync<TPacketClientException>(() => connecting);
        }
    }

    [Fact]
    public async Task A_target_function_that_returns_null_closes_the_client()
    {
        await using var client = new TPacketClient(new Uri("ws://localhost:1/"), new TPacketClientOptions { Target = (_, _) => ValueTask.FromResult<ConnectTarget?>(null) });

        var error = await Assert.ThrowsAsync<TPacketClientException>(() => client.ConnectAsync("alice"));

        Assert.Equal("The client is closed: no address to connect to.", error.Message);
        Assert.False(error.State.Cause!.IsTransient);
    }

    [Fact]
    public async Task A_target_function_that_throws_fails_the_attempt_and_the_next_attempt_can_succeed()
    {
        await using var client = new TPacketClient(new Uri("ws://localhost:1/"), new TPacketClientOptions { Target = (_, _) => throw new HttpRequestException("no token.") });

        var error = await Assert.ThrowsAsync<TPacketClientException>(() => client.ConnectAsync("alice"));

        Assert.Equal("The client is closed: no address: no token.", error.Message);
        Assert.True(error.State.Cause!.IsTransient);
    }

    [Theory]
    [InlineData(false, ClientPhase.Closed)]
    [InlineData(true, ClientPhase.Reconnecting)]
    public async Task A_401_is_final_without_a_target_function(bool hasFunction, ClientPhase phase)
    {
        await using var server = new FakeServer();
        var (client, session) = await server.EnterAsync(options => options.Target = hasFunction ? (address, _) => ValueTask.FromResult<ConnectTarget?>(new ConnectTarget(address)) : null);
        var refused = new TaskCompletionSource<ClientState>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.StateChanged += state =>
        {
            if (state.Cause is { HttpStatus: 401 })
                refused.TrySetResult(state);
        };
        session.Cut();
        await server.AcceptAsync("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal(phase, (await refused.Task.WaitAsync(TimeSpan.FromSeconds(30))).Phase);
    }

    [Fact]
    public async Task A_handler_of_room_events_can_send_and_request()
    {
        await using var server = await TestServer.StartAsync();
        var client = server.Client();
        var replied = new TaskCompletionSource<Task<Packet>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new TaskCompletionSource<Task<Receipt>>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.EventReceived += entered =>
        {
            if (entered is not RoomEntered)
                return;
            Assert.Equal(ClientPhase.Joining, client.State.Phase);
            // The refusal of an empty range shows that the request was sent.
            replied.TrySetResult(client.RequestAsync(new Packet(10)));
            said.TrySetResult(client.SendAsync("hello"));
        };

        await client.ConnectAsync("alice", "lobby");

        await Assert.ThrowsAsync<RequestRefusedException>(async () => await await replied.Task);
        Assert.NotNull((await await said.Task).Offset);
    }
}
