using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Sessions;

/// <summary>A server that did not run, or with a blocked event loop, times out no client with unread input. The test moves the clock.</summary>
public sealed class StallTests : IDisposable
{
    private const int Block = 1000;

    private readonly WatchedTime _time = new();
    private readonly ManualResetEventSlim _entered = new();
    private readonly ManualResetEventSlim _release = new();

    public void Dispose()
    {
        _entered.Dispose();
        _release.Dispose();
    }

    [Fact]
    public async Task Clients_that_have_answered_their_ping_survive_a_stop_of_the_server()
    {
        await using var server = await StartAsync();
        var clients = await SignInAsync(server, 20);
        _time.Advance(TimeSpan.FromSeconds(31));
        foreach (var client in clients)
            Assert.Equal(ServerFrame.Ping, (await client.ReadFrameAsync()).Opcode);

        // The timers fire first, as after a SIGCONT; the server reads the clients' input after them.
        _time.Stall(TimeSpan.FromHours(1));
        await AllAnswerAsync(clients);
        _time.Advance(TimeSpan.FromSeconds(20));
        await AllAnswerAsync(clients);
        Assert.DoesNotContain(server.Logs.All, static e => e.Id is 1101 or 1102);
    }

    [Fact]
    public async Task A_client_that_disconnects_during_a_stop_is_removed_within_its_remaining_time()
    {
        await using var server = await StartAsync();
        using var dead = await server.ConnectRawAsync();
        await dead.SignInAsync("dead");
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(ServerFrame.Ping, (await dead.ReadFrameAsync()).Opcode);
        _time.Stall(TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromSeconds(12));
        Assert.Equal(1, server.Server.ConnectionCount);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.True((await server.EndedAsync()).Is(1102, "Cause", "PongTimeout"));
    }

    [Fact]
    public async Task Pongs_in_their_socket_buffers_are_read_before_a_client_times_out()
    {
        // Other transports read while a handler blocks.
        if (!OperatingSystem.IsLinux())
            return;
        await using var server = await StartAsync(TransportKind.Epoll);
        await using var blocker = await server.SignInAsync("blocker");
        var clients = await SignInAsync(server, 20);
        _time.Advance(TimeSpan.FromSeconds(31));
        foreach (var client in clients)
            Assert.Equal(ServerFrame.Ping, (await client.ReadFrameAsync()).Opcode);

        await BlockAsync(blocker);
        foreach (var client in clients)
            await client.SendAsync(ClientFrame.Write(ServerFrame.Pong, []));
        _time.Advance(TimeSpan.FromMinutes(2));
        _release.Set();

        await AllAnswerAsync(clients);
        // The blocker has not answered its ping.
        Assert.DoesNotContain(server.Logs.All, static e => e.Id == 1201 && e.Message.StartsWith("client", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Input_that_arrived_in_time_counts_though_the_loop_reads_it_late(int level)
    {
        if (!OperatingSystem.IsLinux())
            return;
        await using var server = await StartAsync(TransportKind.Epoll);
        using var client = await server.ConnectRawAsync();
        if (level > 0)
            await client.UpgradeAsync();
        if (level > 1)
        {
            await client.SendAsync(new Packet(1, Wire.Nop, Wire.MagicString));
            await client.SendAsync(new Packet(2, Wire.Unknown, ""));
            Assert.Equal(Wire.ErrorNickRequired, (await client.ReadFrameAsync()).Packet.P1);
        }

        await using var blocker = await server.SignInAsync("blocker");
        await BlockAsync(blocker);
        if (level == 0)
            await client.SendAsync(RawClient.UpgradeRequest());
        if (level <= 1)
            await client.SendAsync(new Packet(1, Wire.Nop, Wire.MagicString));
        await client.SendAsync(new Packet(3, Wire.SetUserNick, "patient"));
        _time.Advance(TimeSpan.FromMinutes(2));
        _release.Set();

        if (level == 0)
            Assert.StartsWith("HTTP/1.1 101 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal(new Packet(3, Wire.RespOk, ""), (await ReadAsync(client)).Packet);
    }

    /// <summary>Starts a server with one event loop, where the transport has any.</summary>
    private Task<TestServer> StartAsync(TransportKind? transport = null) => TestServer.StartAsync(
        o => (o.EventLoops, o.Transport) = (1, transport ?? o.Transport),
        builder => builder.AddCommand(
            Block,
            context =>
            {
                _entered.Set();
                Assert.True(_release.Wait(Deadline.Limit));
                context.ReplyOk();
                return default;
            },
            CommandScope.Client,
            inline: true),
        _time);

    private async Task BlockAsync(TestClient blocker)
    {
        await blocker.SendAsync(Block);
        await Task.Run(() => Assert.True(_entered.Wait(Deadline.Limit)));
    }

    private static async Task<RawClient[]> SignInAsync(TestServer server, int count)
    {
        var clients = new RawClient[count];
        for (var i = 0; i < count; i++)
        {
            clients[i] = await server.ConnectRawAsync();
            await clients[i].SignInAsync($"client {i}");
        }

        return clients;
    }

    private static async Task AllAnswerAsync(RawClient[] clients)
    {
        foreach (var client in clients)
            await client.SendAsync([.. ClientFrame.Write(ServerFrame.Pong, []), .. ClientFrame.Binary(new Packet(77, Wire.Unknown, ""))]);
        foreach (var client in clients)
            Assert.Equal(77, (await ReadAsync(client)).Packet.Uid);
    }

    /// <summary>Reads the next frame that is no ping.</summary>
    private static async Task<ServerFrame> ReadAsync(RawClient client)
    {
        ServerFrame frame;
        do
            frame = await client.ReadFrameAsync();
        while (frame.Opcode == ServerFrame.Ping);
        return frame;
    }
}
