using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Server.Tests.Harness;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Server.Tests.Rooms.Delivery;

/// <summary>The data for a peer that does not read is bounded, and no packet is missing from its stream.</summary>
public class SlowConsumerTests
{
    private const int WarmMessage = 16_000;
    private const int WarmBytes = 500 * WarmMessage;

    private const int TextLength = 32 * 1024;

    // Far more than the socket buffers of both ends hold.
    private const int MostMessages = 2048;

    [Theory]
    [InlineData(SlowConsumerPolicy.Disconnect, true)]
    [InlineData(SlowConsumerPolicy.Disconnect, false)]
    [InlineData(SlowConsumerPolicy.Abort, false)]
    public async Task A_peer_that_never_reads_is_disconnected_and_the_others_continue(SlowConsumerPolicy policy, bool boundedByBytes)
    {
        await using var server = await TestServer.StartAsync(o =>
        {
            o.MaxMessageTextBytes = TextLength;
            o.SlowConsumerPolicy = policy;
            o.PacketsPerSecond = 0;
            (o.OutboundQueueBytes, o.OutboundQueuePackets) = boundedByBytes ? (2 * TextLength, 1_000_000) : (1 << 30, 4);
            (o.CloseTimeout, o.HeartbeatPeriod) = (TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5));
        });
        await using var talker = await server.JoinAsync("talker", "room");
        using var idler = await server.ConnectRawAsync(receiveBufferSize: 4096);
        var id = await idler.JoinAsync("idler", "room");
        await talker.FenceAsync();

        Assert.Contains(new Packet(-1, Wire.DelUser, "idler", id), await TalkUntilSomebodyGoesAsync(talker));
        Assert.True((await server.EndedAsync()).Is(1102, "Cause", "SlowConsumer"));
        Assert.Contains(server.Metrics.Measurements.All, m => m.EndedBy("SlowConsumer"));
        await talker.FenceAsync();
        await talker.SayAsync("still here");

        // The stream that it received is complete: consecutive numbers from the first one on.
        var got = new List<int>();
        while (await idler.TryReadFrameAsync() is { } frame)
        {
            if (frame.Opcode == ServerFrame.Binary && frame.Packet.Command == Wire.NewMsg)
                got.Add(int.Parse(frame.Packet.Text, System.Globalization.CultureInfo.InvariantCulture));
        }

        Assert.Equal(Enumerable.Range(0, got.Count), got);
        // The system has discarded the data of a peer that has not read in time.
        Assert.True(idler.WasReset);
    }

    [Fact]
    public async Task The_system_buffers_no_more_for_a_client_than_the_setting_says()
    {
        const int SendBuffer = 16 * 1024;
        // The maximum that the client's small receive buffer holds.
        const int AtTheClient = 64 * 1024;
        await using var server = await TestServer.StartAsync(o => o.SendBufferBytes = SendBuffer);
        await using var listener = server.Services.GetRequiredService<Transport>().Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var accepted = new TaskCompletionSource<TransportConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        listener.Start(accepted.SetResult, accepted.SetException);
        using var idler = await RawClient.ConnectAsync((IPEndPoint)listener.EndPoint, receiveBufferSize: 4096);
        var connection = await accepted.Task.WaitAsync(Deadline.Limit);

        var taken = 0;
        int more;
        while ((more = connection.TrySend(new byte[1000])) > 0 && taken < 1_000_000)
            taken += more;
        connection.Start(new IgnoringHandler());
        connection.Abort();

        // The default takes more than 128 KiB.
        Assert.InRange(taken, 1, (2 * SendBuffer) + AtTheClient);
    }

    [Fact]
    public async Task The_system_buffers_no_more_of_a_client_whose_handler_waits_than_the_setting_says()
    {
        const int ReceiveBuffer = 16 * 1024;
        const int Waits = 300;
        const int Sinks = 301;
        // The maximum that the client's small send buffer holds.
        const int AtTheClient = 64 * 1024;
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sunk = 0;
        var allSunk = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.StartAsync(
            o => (o.ReceiveBufferBytes, o.PacketsPerSecond) = (ReceiveBuffer, 0),
            b => b.AddCommand(Waits, async _ =>
                {
                    waiting.SetResult();
                    await hold.Task;
                })
                .AddCommand(Sinks, context =>
                {
                    if (Interlocked.Add(ref sunk, context.Data.Length) == WarmBytes)
                        allSunk.SetResult();
                    return ValueTask.CompletedTask;
                }));
        using var client = await RawClient.ConnectAsync(server.EndPoint, sendBufferSize: 4096);
        await client.SignInAsync("alice");
        // By default the system grows the receive buffer of a client that sends fast.
        var message = ClientFrame.Binary(new Packet(1, Sinks, new string('x', WarmMessage)));
        for (var sent = 0; sent < WarmBytes; sent += WarmMessage)
            await client.SendAsync(message);
        await allSunk.Task.WaitAsync(Deadline.Limit);
        await client.SendAsync(new Packet(2, Waits, ""));
        await waiting.Task.WaitAsync(Deadline.Limit);

        Assert.InRange(client.SendWhatTheSystemTakes(new byte[1000], most: 4 << 20), 1, (2 * ReceiveBuffer) + AtTheClient);
        client.Reset();
        hold.SetResult();
    }

    [Fact]
    public void The_system_gives_up_on_a_client_after_the_server_does()
    {
        var options = new TPacketServerOptions();
        var transport = options.ToTransportOptions();
        Assert.Equal((options.SendBufferBytes, options.ReceiveBufferBytes), (transport.SendBufferBytes, transport.ReceiveBufferBytes));
        Assert.Equal(options.CloseTimeout, transport.Linger);
        Assert.InRange(transport.UnacknowledgedTimeout, options.PingAfterIdle + options.PongTimeout + options.HeartbeatPeriod, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Times_beyond_the_maximum_of_the_system_are_clamped()
    {
        var longest = TimeSpan.FromDays(730);
        var transport = new TPacketServerOptions { PingAfterIdle = longest, PongTimeout = longest, CloseTimeout = longest }.ToTransportOptions();
        Assert.Equal((TimeSpan.FromDays(24), TimeSpan.FromDays(24)), (transport.UnacknowledgedTimeout, transport.Linger));
    }

    private static async Task<List<Packet>> TalkUntilSomebodyGoesAsync(TestClient talker)
    {
        for (var i = 0; i < MostMessages; i++)
        {
            await talker.SendAsync(Wire.NewMsg, i.ToString($"d{TextLength}", System.Globalization.CultureInfo.InvariantCulture));
            var received = await talker.FenceAsync();
            if (received.Any(p => p.Command == Wire.DelUser))
                return received;
        }

        return [];
    }

    private sealed class IgnoringHandler : TransportHandler
    {
        public override void OnReceived(Span<byte> bytes)
        {
        }

        public override void OnEndOfInput()
        {
        }

        public override void OnWritable()
        {
        }

        public override void OnClosed(Exception? error)
        {
        }
    }
}
