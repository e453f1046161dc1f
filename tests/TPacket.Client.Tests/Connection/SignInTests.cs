using System.Net;
using System.Net.Sockets;
using TPacket.Client.Tests.Harness;
using TPacket.Protocol;
using TPacket.Server.Tests.Harness;
using TPacket.WebSockets;

namespace TPacket.Client.Tests.Connection;

public class SignInTests
{
    [Fact]
    public async Task A_client_is_closed_before_ConnectAsync_and_ready_after_it()
    {
        await using var server = await TestServer.StartAsync();
        var client = server.Client();
        var recorder = new ClientRecorder(client);
        Assert.Equal(new ClientState(ClientPhase.Closed), client.State);

        await client.ConnectAsync("alice");

        Assert.Equal(new ClientState(ClientPhase.Ready), client.State);
        Assert.Equal(["Connecting", "SigningIn", "Ready"], recorder.Lines);
        Assert.Equal("alice", server.User("alice").Nick);
        Assert.Null(client.Roster.Self);
        await client.CloseAsync();
        Assert.Equal(new ClientState(ClientPhase.Closed), client.State);
    }

    [Fact]
    public async Task A_taken_nick_is_refused_and_another_nick_is_accepted()
    {
        await using var server = await TestServer.StartAsync();
        await server.EnterAsync("alice");
        var client = server.Client();
        var recorder = new ClientRecorder(client);

        var error = await Assert.ThrowsAsync<RequestRefusedException>(() => client.ConnectAsync("Alice", "lobby"));

        Assert.Equal(PacketErrorCode.NickTaken, error.Code);
        Assert.NotEmpty(error.Text);
        Assert.Equal(client.State, error.State);
        Assert.Equal((ClientPhase.Closed, DisconnectKind.Refused, PacketErrorCode.NickTaken), (error.State.Phase, error.State.Cause!.Kind, error.State.Cause.ErrorCode));
        await client.ConnectAsync("bob", "lobby");
        Assert.Equal(["Connecting", "SigningIn", "Closed Refused", "Connecting", "SigningIn", "Joining lobby", "added alice", "added bob", "entered lobby", "Ready lobby"], recorder.Lines);
    }

    [Fact]
    public async Task A_refused_room_fails_ConnectAsync()
    {
        await using var server = await TestServer.StartAsync(options => options.MaxRoomNameBytes = 5);
        var client = server.Client();

        var error = await Assert.ThrowsAsync<RequestRefusedException>(() => client.ConnectAsync("alice", "anteroom"));

        Assert.Equal(PacketErrorCode.RoomNameTooLong, error.Code);
        Assert.Equal("Closed Refused", ClientRecorder.Describe(client.State));
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_fails_the_first_attempt_without_a_retry()
    {
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var client = new TPacketClient(new Uri($"ws://{nobody.LocalEndPoint}/"));
        var recorder = new ClientRecorder(client);

        var error = await Assert.ThrowsAsync<TPacketClientException>(() => client.ConnectAsync("alice"));

        Assert.Equal(["Connecting", "Closed Unreachable"], recorder.Lines);
        Assert.Equal(client.State, error.State);
        Assert.IsType<WebSocketConnectException>(error.InnerException);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_attempt_to_connect_times_out(int answers)
    {
        var time = new WatchedTime();
        var timeout = TimeSpan.FromSeconds(7);
        await using var server = new FakeServer();
        var client = server.Client(options =>
        {
            options.Timeout = timeout;
            options.WebSocket = new WebSocketClientOptions { TimeProvider = time };
        });
        var connecting = client.ConnectAsync("alice", "lobby");
        var session = answers == 0 ? await server.AcceptAsync() : await server.SignInAsync();
        if (answers == 2)
            await session.OkAsync(await session.ReadAsync((int)PacketCommand.SetRoom, "lobby"));

        await time.Timers.NthAsync(answers + 1, timer => timer == timeout);
        time.Advance(timeout);

        var error = await Assert.ThrowsAsync<TPacketClientException>(() => connecting);
        Assert.Equal(("Closed Timeout", client.State), (ClientRecorder.Describe(client.State), error.State));
    }

    [Fact]
    public async Task ConnectAsync_can_be_cancelled_and_called_again()
    {
        await using var server = new FakeServer();
        var client = server.Client();
        using var cancellation = new CancellationTokenSource();
        var connecting = client.ConnectAsync("alice", cancellationToken: cancellation.Token);
        var session = await server.AcceptAsync();
        await session.ReadAsync((int)PacketCommand.Nop, "magic string :)");

        await cancellation.CancelAsync();
        Assert.Equal(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, await session.ReceiveCloseAsync());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);

        Assert.Equal(new ClientState(ClientPhase.Closed), client.State);
        connecting = client.ConnectAsync("alice");
        await server.SignInAsync();
        await connecting;
    }

    [Fact]
    public async Task A_client_in_use_does_not_connect_again()
    {
        await using var server = await TestServer.StartAsync();
        var client = await server.EnterAsync("alice");

        await Assert.ThrowsAsync<InvalidOperationException>(() => client.ConnectAsync("bob"));

        Assert.Equal("Ready lobby", ClientRecorder.Describe(client.State));
    }

    [Fact]
    public async Task A_handler_of_the_end_can_connect_again()
    {
        await using var server = await TestServer.StartAsync();
        var client = await server.EnterAsync("alice");
        var again = new TaskCompletionSource<Task>();
        client.StateChanged += state =>
        {
            if (state.Phase == ClientPhase.Closed)
                again.TrySetResult(client.ConnectAsync("bob", "lobby"));
        };

        await client.CloseAsync();

        await await again.Task;
        Assert.Equal("bob", client.Roster.Self!.Nick);
    }

    [Theory]
    [InlineData("localhost")]
    public void An_address_with_another_scheme_is_rejected(string address) =>
        Assert.Throws<ArgumentException>(() => new TPacketClient(new Uri(address, UriKind.RelativeOrAbsolute)));

    public static TheoryData<string, Action<TPacketClientOptions>> BadOptions => new()
    {
        { "AcceptedCommands", options => options.AcceptedCommands = [(9, 300)] },
        { "AcceptedCommands", options => options.AcceptedCommands = [(300, 299)] },
        { "Timeout", options => options.Timeout = TimeSpan.Zero },
        { "Timeout", options => options.Timeout = TimeSpan.FromDays(50) },
        { "InitialDelay", options => options.Reconnect = new ReconnectOptions { InitialDelay = TimeSpan.Zero } },
        { "MaxDelay", options => options.Reconnect = new ReconnectOptions { MaxDelay = TimeSpan.Zero } },
        { "MaxAttempts", options => options.Reconnect = new ReconnectOptions { MaxAttempts = -1 } },
        { "MaxUsers", options => options.MaxUsers = 0 },
        { "MaxPendingRequests", options => options.MaxPendingRequests = 0 },
        { "MagicString", options => options.MagicString = null! },
    };

    [Theory]
    [MemberData(nameof(BadOptions), DisableDiscoveryEnumeration = true)]
    public void An_option_out_of_its_range_is_refused(string name, Action<TPacketClientOptions> set)
    {
        var options = new TPacketClientOptions();
        set(options);

        var error = Assert.ThrowsAny<ArgumentException>(() => new TPacketClient(new Uri("ws://localhost/"), options));

        Assert.Contains(name, error.ParamName, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_header_that_cannot_be_sent_is_reported_as_a_fault_of_the_application()
    {
        await using var server = new FakeServer();
        var client = server.Client(options => options.WebSocket = new WebSocketClientOptions { Headers = [new("Bad", "line\nbreak")] });

        var error = await Assert.ThrowsAsync<TPacketClientException>(() => client.ConnectAsync("alice"));

        Assert.Equal("Closed ClientFailed", ClientRecorder.Describe(error.State));
        Assert.IsType<ArgumentException>(error.InnerException);
    }
}
