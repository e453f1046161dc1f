using TPacket.Client.Tests.Harness;
using TPacket.Protocol;
using TPacket.Server.Tests.Harness;
using TPacket.WebSockets;

namespace TPacket.Client.Tests.Requests;

public class RequestTests
{
    [Fact]
    public async Task A_request_is_answered()
    {
        await using var server = await TestServer.StartAsync();
        var client = await server.EnterAsync("alice");

        var reply = await client.RequestAsync(new Packet(TestServer.Echo, int.MinValue, int.MaxValue, "€"u8.ToArray()));

        Assert.Equal((TestServer.Echo, int.MinValue, int.MaxValue, "€"), (reply.Command, reply.P1, reply.P2, reply.Text));
    }

    [Fact]
    public async Task A_refusal_has_the_servers_code_and_text_and_the_connection_continues()
    {
        await using var server = await TestServer.StartAsync();
        var client = await server.EnterAsync("alice");

        var error = await Assert.ThrowsAsync<RequestRefusedException>(() => client.RequestAsync(new Packet(TestServer.Refuse)));

        Assert.Equal(((PacketErrorCode)(-1042), "Not your turn."), (error.Code, error.Text));
        Assert.Equal("Ready lobby", ClientRecorder.Describe(error.State));
        Assert.Equal(PacketErrorCode.UnknownCommand, (await Assert.ThrowsAsync<RequestRefusedException>(() => client.RequestAsync(new Packet(999)))).Code);
        await client.RequestAsync(new Packet(TestServer.Echo));
    }

    [Fact]
    public async Task Beyond_the_servers_rate_a_request_throws_and_a_sent_packet_raises_SendRefused()
    {
        // A burst of ten packets for signing in, and then one every 17 minutes.
        await using var server = await TestServer.StartAsync(options => (options.PacketsPerSecond, options.PacketBurst, options.HeartbeatPeriod) = (1, 10, TimeSpan.FromMinutes(1)));
        var client = await server.EnterAsync("alice");
        var recorder = new ClientRecorder(client);

        RequestRefusedException? error = null;
        while (error is null)
            error = await Record.ExceptionAsync(() => client.RequestAsync(new Packet(TestServer.Echo))) as RequestRefusedException;
        await client.SendAsync(new Packet((int)PacketCommand.NewMsg, "one too many"));

        Assert.Equal(PacketErrorCode.RateLimited, error.Code);
        Assert.Equal("Ready lobby", ClientRecorder.Describe(error.State));
        await recorder.RecordsAsync("refused RateLimited");
        Assert.Equal("Ready lobby", ClientRecorder.Describe(client.State));
    }

    [Fact]
    public async Task Requests_of_many_threads_get_their_own_replies()
    {
        await using var server = await TestServer.StartAsync(options => options.PacketsPerSecond = 0);
        var client = await server.EnterAsync("alice");

        var replies = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => Task.Run(() => client.RequestAsync(new Packet(TestServer.Echo, i)))));

        Assert.Equal(Enumerable.Range(0, 500), replies.Select(reply => reply.P1));
    }

    [Fact]
    public async Task Replies_may_come_in_any_order_and_with_any_command()
    {
        await using var server = new FakeServer();
        var (client, session) = await server.EnterAsync();
        var (first, second) = (client.RequestAsync(new Packet(300)), client.RequestAsync(new Packet(301)));
        var (firstHeader, secondHeader) = (await session.ReadAsync(300), await session.ReadAsync(301));

        await session.SendAsync((int)PacketCommand.NewMsg, 0x1000, "an answer", secondHeader.Uid);
        await session.OkAsync(firstHeader);

        Assert.Equal("an answer", (await second).Text);
        Assert.Equal((int)PacketCommand.RespOk, (await first).Command);
    }

    [Fact]
    public async Task A_deadline_ends_the_wait_and_a_late_reply_is_delivered_as_a_packet()
    {
        var time = new WatchedTime();
        await using var server = new FakeServer();
        var (client, session) = await server.EnterAsync(options => options.WebSocket = new WebSocketClientOptions { TimeProvider = time });
        var recorder = new ClientRecorder(client);
        var request = client.RequestAsync(new Packet(300), TimeSpan.FromSeconds(3));
        var header = await session.ReadAsync(300);

        time.Advance(TimeSpan.FromSeconds(3));
        var error = await Assert.ThrowsAsync<RequestTimeoutException>(() => request);

        Assert.Equal("Ready lobby", ClientRecorder.Describe(error.State));
        await session.OkAsync(header);
        await recorder.RecordsAsync("packet 3 0 0 ");
    }

    [Fact]
    public async Task A_process_that_was_paused_reads_received_replies_before_a_deadline_ends_the_wait()
    {
        var time = new WatchedTime();
        await using var server = new FakeServer();
        var (client, session) = await server.EnterAsync(options => options.WebSocket = new WebSocketClientOptions { TimeProvider = time });
        var answered = client.RequestAsync(new Packet(300), TimeSpan.FromSeconds(3));
        var lost = client.RequestAsync(new Packet(301), TimeSpan.FromSeconds(3));
        var header = await session.ReadAsync(300);
        await session.ReadAsync(301);

        // The timers fire first, as after a SIGCONT; then the client reads the server's packets.
        time.Stall(TimeSpan.FromHours(1));
        await session.OkAsync(header);
        Assert.Equal((int)PacketCommand.RespOk, (await answered).Command);
        Assert.False(lost.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<RequestTimeoutException>(() => lost);
        Assert.Equal(ClientPhase.Ready, client.State.Phase);
    }

    [Fact]
    public async Task A_client_enters_a_room_that_has_accepted_it_during_a_pause_of_the_process()
    {
        var time = new WatchedTime();
        await using var server = new FakeServer();
        var client = server.Client(options =>
        {
            options.WebSocket = new WebSocketClientOptions { TimeProvider = time };
            options.Reconnect = ReconnectOptions.Never;
        });
        var connecting = client.ConnectAsync("alice");
        var session = await server.SignInAsync();
        await connecting;
        var joining = client.JoinAsync("lobby");
        var header = await session.ReadAsync((int)PacketCommand.SetRoom, "lobby");
        var probe = await session.ReadAsync((int)PacketCommand.AcceptCommands);

        time.Stall(TimeSpan.FromHours(1));
        await session.OkAsync(header);
        await session.OkAsync(probe);

        await joining;
        Assert.Equal("Ready lobby", ClientRecorder.Describe(client.State));
    }

    [Fact]
    public async Task A_request_can_be_cancelled()
    {
        await using var server = await TestServer.StartAsync();
        var client = await server.EnterAsync("alice");
        using var cancellation = new CancellationTokenSource();
        var request = client.RequestAsync(new Packet(TestServer.Ignore), cancellationToken: cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.RequestAsync(new Packet(TestServer.Echo), cancellationToken: cancellation.Token));
        await client.RequestAsync(new Packet(TestServer.Echo));
    }

    [Fact]
    public async Task A_lost_connection_fails_waiting_requests_with_the_state()
    {
        await using var server = new FakeServer();
        var (client, session) = await server.EnterAsync(options => options.Reconnect = ReconnectOptions.Never);
        var request = client.RequestAsync(new Packet(300));
        await session.ReadAsync(300);

        session.Cut();

        var error = await Assert.ThrowsAsync<RequestLostException>(() => request);
        Assert.Equal("Closed Lost", ClientRecorder.Describe(error.State));
        Assert.Equal(client.State, error.State);
        var later = await Assert.ThrowsAsync<TPacketClientException>(() => client.RequestAsync(new Packet(300)));
        Assert.Equal(client.State, later.State);
    }

    [Fact]
    public async Task The_number_of_waiting_requests_is_bounded()
    {
        await using var server = await TestServer.StartAsync();
        var client = await server.EnterAsync("alice", configure: options => options.MaxPendingRequests = 2);
        using var cancellation = new CancellationTokenSource();
        var (first, second) = (client.RequestAsync(new Packet(TestServer.Ignore), cancellationToken: cancellation.Token), client.RequestAsync(new Packet(TestServer.Ignore)));

        await Assert.ThrowsAsync<TPacketClientException>(() => client.RequestAsync(new Packet(TestServer.Echo)));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        await client.RequestAsync(new Packet(TestServer.Echo));
        await client.CloseAsync();
        await Assert.ThrowsAsync<RequestLostException>(() => second);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task A_deadline_out_of_range_throws(int milliseconds)
    {
        await using var client = new TPacketClient(new Uri("ws://localhost/"));

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.RequestAsync(new Packet(300), TimeSpan.FromMilliseconds(milliseconds)));
    }

    [Fact]
    public async Task A_room_that_does_not_answer_ends_the_connection()
    {
        var time = new WatchedTime();
        await using var server = new FakeServer();
        var client = server.Client(options =>
        {
            options.WebSocket = new WebSocketClientOptions { TimeProvider = time };
            options.Reconnect = ReconnectOptions.Never;
        });
        var connecting = client.ConnectAsync("alice");
        var session = await server.SignInAsync();
        await connecting;
        var joining = client.JoinAsync("lobby");
        await session.ReadAsync((int)PacketCommand.SetRoom, "lobby");

        time.Advance(TimeSpan.FromSeconds(10));

        var error = await Assert.ThrowsAsync<RequestTimeoutException>(() => joining);
        Assert.Equal("Closed Timeout", ClientRecorder.Describe(error.State));
    }
}
