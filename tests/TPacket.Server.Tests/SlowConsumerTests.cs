using TPacket.Server.Tests.Harness;
using TPacket.WebSockets;

namespace TPacket.Server.Tests;

/// <summary>A peer that does not read is bounded, and is sent nothing with a hole in it.</summary>
public class SlowConsumerTests
{
    private const int TextLength = 32 * 1024;

    // Far more than the socket buffers of both ends hold.
    private const int MostMessages = 2048;

    [Theory]
    [InlineData(SlowConsumerPolicy.Disconnect, true)]
    [InlineData(SlowConsumerPolicy.Disconnect, false)]
    [InlineData(SlowConsumerPolicy.Abort, false)]
    public async Task A_peer_that_never_reads_is_disconnected_and_the_others_go_on(SlowConsumerPolicy policy, bool boundedByBytes)
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

        // What it did get is a stream without a hole: numbers in a row from the first.
        var got = new List<int>();
        while (await idler.TryReadFrameAsync() is { } frame)
        {
            if (frame.Opcode == ServerFrame.Binary && frame.Packet.Command == Wire.NewMsg)
                got.Add(int.Parse(frame.Packet.Text, System.Globalization.CultureInfo.InvariantCulture));
        }

        Assert.Equal(Enumerable.Range(0, got.Count), got);
    }

    private static async Task<List<Packet>> TalkUntilSomebodyGoesAsync(TestClient talker)
    {
        for (var i = 0; i < MostMessages; i++)
        {
            await talker.SendAsync(Wire.NewMsg, i.ToString($"d{TextLength}", System.Globalization.CultureInfo.InvariantCulture));
            var heard = await talker.FenceAsync();
            if (heard.Any(p => p.Command == Wire.DelUser))
                return heard;
        }

        return [];
    }
}
