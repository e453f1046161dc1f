using TPacket.AspNetCore.Tests.Harness;
using TPacket.Server.Tests.Harness;

namespace TPacket.AspNetCore.Tests;

/// <summary>Tests of hostile clients, whose connections must end in the same way over HTTP/1.1 and HTTP/2.</summary>
public class HostilePeerTests
{
    public static TheoryData<HttpKind, string, int, string> Violations
    {
        get
        {
            var data = new TheoryData<HttpKind, string, int, string>();
            foreach (var kind in new[] { HttpKind.Http1, HttpKind.Http2 })
            {
                data.Add(kind, "8200", 1002, "Violation"); // Unmasked.
                data.Add(kind, "C28000000000", 1002, "Violation"); // A reserved bit.
                data.Add(kind, "89FE007E00000000", 1002, "Violation"); // A ping of 126 bytes.
                data.Add(kind, "808000000000", 1002, "Violation"); // A continuation frame without a message.
                data.Add(kind, "81820000000080FF", 1007, "Violation"); // Invalid UTF-8.
                data.Add(kind, "82FF000000007FFFFFFF00000000", 1009, "Violation"); // 2 GB.
                data.Add(kind, "81810000000061", 1003, "ClosedHere"); // Text.
                data.Add(kind, "828100000000FF", 1007, "ClosedHere"); // Not a packet.
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task A_hostile_frame_is_answered_with_its_close_code(HttpKind kind, string frame, int status, string cause)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await RawWebSocket.OpenAsync(app);

        await client.SendAsync(Convert.FromHexString(frame));

        var close = await client.ReadFrameAsync();
        Assert.Equal((ServerFrame.Close, status), (close.Opcode, close.Status));
        await client.AnswerCloseAsync(status);
        // Over HTTP/1.1 only the client can end its direction of the connection alone.
        if (kind == HttpKind.Http1 && cause == "Violation")
            client.Dispose();
        else
            await client.ReadEndAsync();
        client.Dispose();
        Assert.Equal(cause, (await app.EndedAsync()).Values["Cause"]!.ToString());
    }

    [Fact]
    public async Task A_client_that_reads_nothing_is_reset_after_the_close_timeout()
    {
        await using var app = await TestApp.StartAsync(HttpKind.Http1, o =>
        {
            (o.MaxMessageTextBytes, o.OutboundQueueBytes) = (32 * 1024, 64 * 1024);
            (o.CloseTimeout, o.HeartbeatPeriod) = (TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5));
        });
        await using var talker = await app.JoinAsync("talker", "room");
        using var idler = await RawClient.ConnectAsync(app.EndPoint, receiveBufferSize: 4096);
        await idler.SendAsync(RawClient.UpgradeRequest("/chat"));
        await idler.SendAsync(new Packet(1, Wire.Nop, Wire.MagicString));
        await idler.SendAsync(new Packet(2, Wire.SetUserNick, "idler"));
        await idler.SendAsync(new Packet(3, Wire.SetRoom, "room"));

        var text = new string('x', 32 * 1024);
        var received = new List<Packet>();
        for (var i = 0; i < 2048 && !received.Any(packet => packet.Command == Wire.DelUser); i++)
        {
            await talker.SendAsync(Wire.NewMsg, text);
            received = [.. await talker.FenceAsync()];
        }

        Assert.Contains(received, packet => packet.Command == Wire.DelUser);
        // Bytes in Kestrel's send buffer may still arrive; then the stream is reset.
        await idler.ReadHeadAsync();
        while (await idler.TryReadFrameAsync() is not null)
        {
        }

        Assert.True(idler.WasReset);
    }

    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    public async Task Frames_that_arrive_byte_by_byte_are_parsed(HttpKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        using var client = await RawWebSocket.OpenAsync(app);
        byte[] frames = [.. ClientFrame.Binary(new Packet(1, Wire.Nop, Wire.MagicString)), .. ClientFrame.Binary(new Packet(2, Wire.SetUserNick, "alice"))];
        foreach (var part in frames)
            await client.SendAsync([part]);
        Assert.Equal(new Packet(2, Wire.RespOk, ""), (await client.ReadFrameAsync()).Packet);
    }
}
