using System.Net.WebSockets;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Sessions.Limits;

/// <summary>The rate limit of a client (docs/protocol.md, Limits). The test moves the clock, so that a bucket fills only when the test advances it.</summary>
public class RateLimitTests
{
    private const int Burst = 20;
    private const string Text = "Too many packets; wait a little.";

    private static readonly TimeSpan _onePacket = TimeSpan.FromMilliseconds(100);

    private readonly WatchedTime _time = new();

    [Fact]
    public async Task A_client_can_send_its_burst_at_once_and_its_rate_after_that()
    {
        await using var server = await StartAsync();
        await using var alice = await server.SignInAsync("alice");
        for (var i = 2; i < Burst; i++)
            Assert.Equal(Wire.ErrorUnknownCommand, (await alice.ReplyAsync(Wire.Unknown)).P1);

        for (var i = 0; i < 3; i++)
        {
            await ExpectRefusedAsync(alice, Wire.Unknown);
            await ExpectRefusedAsync(alice, Wire.NewMsg);
            _time.Advance(_onePacket);
            Assert.Equal(Wire.ErrorUnknownCommand, (await alice.ReplyAsync(Wire.Unknown)).P1);
        }
    }

    [Theory]
    [InlineData(Wire.Nop)]
    [InlineData(Wire.AcceptCommands)]
    [InlineData(Wire.NewMsg)]
    [InlineData(Wire.SetUserNick)]
    [InlineData(Wire.SetRoom)]
    [InlineData(Wire.Unknown)]
    public async Task Every_packet_after_the_magic_string_counts_also_before_the_nick(int command)
    {
        await using var server = await StartAsync();
        await using var client = await server.ConnectAsync();
        await client.SendAsync(Wire.Nop, Wire.MagicString);
        for (var i = 1; i < Burst; i++)
        {
            await client.SendAsync(command, "");
            if (command != Wire.Nop)
                Assert.NotEqual(Wire.ErrorRateLimited, (await client.ReceiveAsync()).P1);
        }

        await ExpectRefusedAsync(client, command);
        await ExpectRefusedAsync(client, Wire.SetUserNick, "alice");
        _time.Advance(_onePacket);
        Assert.Equal(Wire.RespOk, (await client.ReplyAsync(Wire.SetUserNick, "alice")).Command);
    }

    [Fact]
    public async Task A_refused_packet_reaches_no_member_and_is_counted_and_not_logged()
    {
        var filtered = new Recorder<int>();
        await using var server = await StartAsync(build: b => b.AddFilter((context, next) =>
        {
            if (context.User.Nick == "flooder")
                filtered.Add(context.Command);
            return next(context);
        }, inline: true));
        await using var bob = await server.JoinAsync("bob", "room");
        await using var flooder = await server.JoinAsync("flooder", "room");
        await bob.FenceAsync();
        // The magic string, the nick, the room and the fence after it.
        const int Left = Burst - 4;
        for (var i = 0; i < Left; i++)
            await flooder.SayAsync($"{i}");
        var (seen, logged, handled) = (filtered.All.Length, server.Logs.All.Length, Handled(server));

        for (var i = 0; i < 100; i++)
            await ExpectRefusedAsync(flooder, Wire.NewMsg, "one too many");

        Assert.Equal((seen, logged, handled), (filtered.All.Length, server.Logs.All.Length, Handled(server)));
        Assert.Equal(100, server.Metrics.Measurements.All.Count(m => m.Is("tpacket.server.refused_packets", "tpacket.limit", "PacketsPerSecond")));
        Assert.Equal(Enumerable.Range(0, Left).Select(i => $"{i}"), (await bob.FenceAsync()).Where(p => p.Command == Wire.NewMsg).Select(p => p.Text));
        await bob.SayAsync("others go on");
    }

    [Fact]
    public async Task A_client_that_continues_to_flood_is_closed_with_1008()
    {
        await using var server = await StartAsync();
        await using var flooder = await server.SignInAsync("flooder");
        await UseUpAsync(flooder);
        await ExpectRefusedAsync(flooder, Wire.Nop);
        for (var second = 1; second < 10; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await UseUpAsync(flooder, most: 10);
            await ExpectRefusedAsync(flooder, Wire.Nop);
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 11; i++)
            await flooder.SendAsync(Wire.Nop);

        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await flooder.ReceiveCloseAsync());
        Assert.Single(server.Metrics.Measurements.All, m => m.Is("tpacket.server.protocol_violations", "tpacket.violation", "TooManyPackets"));
        Assert.True((await server.Logs.FirstAsync(e => e.Id == 1206)).Is(1206, "Violation", "TooManyPackets"));
    }

    [Fact]
    public async Task A_client_that_bursts_too_far_again_and_again_with_breaks_in_between_is_not_closed()
    {
        await using var server = await StartAsync();
        await using var bursting = await server.SignInAsync("bursting");
        await UseUpAsync(bursting);
        for (var i = 0; i < 20; i++)
        {
            await ExpectRefusedAsync(bursting, Wire.Nop);
            // Longer than the bucket takes to fill, 2 s, and a quarter of the timeout.
            _time.Advance(TimeSpan.FromSeconds(2.6));
            await UseUpAsync(bursting, Burst);
        }

        await ExpectRefusedAsync(bursting, Wire.Nop);
    }

    [Fact]
    public async Task A_limit_of_0_is_disabled()
    {
        await using var server = await TestServer.StartAsync(o => o.PacketsPerSecond = 0, time: _time);
        await using var alice = await server.SignInAsync("alice");
        for (var i = 0; i < 2000; i++)
            await alice.SendAsync(Wire.Nop);
        Assert.Empty(await alice.FenceAsync());
    }

    [Fact]
    public async Task By_default_a_client_can_send_two_hundred_packets_at_once_and_fifty_a_second_after_that()
    {
        await using var server = await TestServer.StartAsync(time: _time);
        await using var alice = await server.SignInAsync("alice");
        await UseUpAsync(alice, 198);
        await ExpectRefusedAsync(alice, Wire.Nop);
        _time.Advance(TimeSpan.FromSeconds(1));
        await UseUpAsync(alice, 50);
        await ExpectRefusedAsync(alice, Wire.Nop);
    }

    [Fact]
    public async Task Under_the_defaults_a_flooder_disconnects_only_itself_even_if_no_member_reads()
    {
        const int FloodPerSecond = 2000;
        await using var server = await TestServer.StartAsync(time: _time);
        var members = new List<RawClient>();
        for (var i = 0; i < 9; i++)
        {
            members.Add(await server.ConnectRawAsync(receiveBufferSize: 4096));
            await members[i].JoinAsync($"member{i}", "room");
        }

        using var flooder = await server.ConnectRawAsync();
        await flooder.JoinAsync("flooder", "room");
        var flood = Enumerable.Repeat(ClientFrame.Binary(new Packet(1, Wire.NewMsg, new string('x', 255))), FloodPerSecond).SelectMany(bytes => bytes).ToArray();
        // Without the limit this is 20,000 messages, far more than the queue of a member and the buffers of its socket hold.
        for (var second = 0; second < 10; second++)
        {
            var sending = flooder.SendAsync(flood);
            for (var answers = 0; answers < FloodPerSecond; answers += await IsAnswerAsync(flooder) ? 1 : 0)
            {
            }

            await sending;
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        await flooder.SendUntilRefusedAsync(flood);
        var last = await flooder.ReadFrameAsync();
        while (last.Opcode != ServerFrame.Close)
            last = await flooder.ReadFrameAsync();
        Assert.Equal((int)WebSocketCloseStatus.PolicyViolation, last.Status);
        flooder.Dispose();
        await server.EndedAsync();
        foreach (var member in members)
        {
            var received = 0;
            for (var packet = await ReadPacketAsync(member); packet is not { Command: Wire.DelUser, Text: "flooder" }; packet = await ReadPacketAsync(member))
                received += packet.Command == Wire.NewMsg ? 1 : 0;
            // The bound: 200 packets at once, 50 in each of ten seconds, and an eighth of the burst. The two packets of the flooder's join are not among the counted ones.
            Assert.InRange(received, 690, 740);
        }

        Assert.DoesNotContain(server.Metrics.Measurements.All, m => m.EndedBy("SlowConsumer"));
        members.ForEach(static member => member.Dispose());

        async Task<bool> IsAnswerAsync(RawClient client) => (await ReadPacketAsync(client)).Command is Wire.NewMsg or Wire.RespError;
    }

    [Fact]
    public async Task A_flooder_that_does_not_read_its_refusals_is_a_slow_consumer()
    {
        await using var server = await StartAsync(o => o.OutboundQueuePackets = 50);
        using var flooder = await server.ConnectRawAsync(receiveBufferSize: 4096);
        await flooder.SignInAsync("flooder");
        var packets = Enumerable.Repeat(ClientFrame.Binary(new Packet(1, Wire.Nop, "")), 1000).SelectMany(bytes => bytes).ToArray();

        // Their answers exceed the socket buffers of both ends by far.
        var ended = server.EndedAsync();
        for (var i = 0; i < 1000 && !ended.IsCompleted; i++)
            await flooder.SendUntilRefusedAsync(packets);

        Assert.True((await ended).Is(1102, "Cause", "SlowConsumer"));
    }

    private static async Task<Packet> ReadPacketAsync(RawClient client)
    {
        ServerFrame frame;
        do
            frame = await client.ReadFrameAsync();
        while (frame.Opcode == ServerFrame.Ping);
        Assert.Equal(ServerFrame.Binary, frame.Opcode);
        return frame.Packet;
    }

    private static double Handled(TestServer server) => server.Metrics.Sum("tpacket.server.packets");

    private static async Task ExpectRefusedAsync(TestClient client, int command, string text = "") =>
        Assert.Equal(new Packet(0, Wire.RespError, Text, Wire.ErrorRateLimited), (await client.ReplyAsync(command, text)) with { Uid = 0 });

    /// <summary>Sends as many ignored packets as the limit allows.</summary>
    private static async Task UseUpAsync(TestClient client, int most = Burst - 2)
    {
        for (var i = 0; i < most; i++)
            await client.SendAsync(Wire.Nop);
    }

    private Task<TestServer> StartAsync(Action<TPacketServerOptions>? options = null, Action<ITPacketServerBuilder>? build = null) => TestServer.StartAsync(
        o =>
        {
            (o.PacketsPerSecond, o.PacketBurst) = (10, Burst);
            options?.Invoke(o);
        },
        build,
        _time);
}
