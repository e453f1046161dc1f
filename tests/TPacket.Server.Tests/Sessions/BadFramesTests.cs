using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Sessions;

/// <summary>Invalid frames and packets: each closes its own connection, is counted, and affects no other client.</summary>
public abstract class BadFramesTests(TransportKind transport)
{
    public static TheoryData<string, byte[], int, string> Frames => new()
    {
        { "reserved bit", [0xC2, 0x80, 1, 2, 3, 4], 1002, "Violation" },
        { "reserved opcode", ClientFrame.Write(3, []), 1002, "Violation" },
        { "not masked", ClientFrame.Write(2, [1, 2, 3], masked: false), 1002, "Violation" },
        { "length not in its shortest form", [0x82, 0xFE, 0, 5, 1, 2, 3, 4, 0, 0, 0, 0, 0], 1002, "Violation" },
        { "negative length", ClientFrame.Header(2, -1), 1002, "Violation" },
        { "2 GB", ClientFrame.Header(2, 1L << 31), 1009, "Violation" },
        { "over the limit by one, payload not sent", ClientFrame.Header(2, (64 * 1024) + 1), 1009, "Violation" },
        { "over the limit by its second fragment", [.. ClientFrame.Write(2, new byte[40_000], fin: false), .. ClientFrame.Header(0, 30_000)], 1009, "Violation" },
        { "fragmented ping", ClientFrame.Write(9, [1], fin: false), 1002, "Violation" },
        { "fragmented close", ClientFrame.Write(8, [3, 0xE8], fin: false), 1002, "Violation" },
        { "ping of 126 bytes", ClientFrame.Write(9, new byte[126]), 1002, "Violation" },
        { "continuation of nothing", ClientFrame.Write(0, [1]), 1002, "Violation" },
        { "message within a message", [.. ClientFrame.Write(2, [1], fin: false), .. ClientFrame.Write(2, [1])], 1002, "Violation" },
        { "close of one byte", ClientFrame.Write(8, [3]), 1002, "Violation" },
        { "close 0", ClientFrame.Close(0), 1002, "Violation" },
        { "close 999", ClientFrame.Close(999), 1002, "Violation" },
        { "close 1004", ClientFrame.Close(1004), 1002, "Violation" },
        { "close 1005", ClientFrame.Close(1005), 1002, "Violation" },
        { "close 1006", ClientFrame.Close(1006), 1002, "Violation" },
        { "close 1015", ClientFrame.Close(1015), 1002, "Violation" },
        { "close 2999", ClientFrame.Close(2999), 1002, "Violation" },
        { "close 5000", ClientFrame.Close(5000), 1002, "Violation" },
        { "close reason not UTF-8", ClientFrame.Write(8, [3, 0xE8, 0xC3, 0x28]), 1007, "Violation" },
        { "text not UTF-8", ClientFrame.Write(1, [0xC3, 0x28]), 1007, "Violation" },
        { "text", ClientFrame.Write(1, "hello"u8.ToArray()), 1003, "ClosedHere" },
        { "wrong signature", ClientFrame.Binary(Packet(signature: (byte)'X')), 1007, "ClosedHere" },
        { "size too large", ClientFrame.Binary(Packet(size: 26)), 1008, "ClosedHere" },
        { "size too small", ClientFrame.Binary(Packet(size: 24)), 1008, "ClosedHere" },
        { "size 0", ClientFrame.Binary(Packet(size: 0)), 1008, "ClosedHere" },
        { "size negative", ClientFrame.Binary(Packet(size: -1)), 1008, "ClosedHere" },
        { "size least", ClientFrame.Binary(Packet(size: int.MinValue)), 1008, "ClosedHere" },
        { "size most", ClientFrame.Binary(Packet(size: int.MaxValue)), 1008, "ClosedHere" },
        { "shorter than a header", ClientFrame.Binary(Packet()[..23]), 1008, "ClosedHere" },
        { "signature alone", ClientFrame.Binary(Packet()[..4]), 1008, "ClosedHere" },
    };

    [Theory]
    [MemberData(nameof(Frames))]
    public async Task A_bad_frame_or_packet_closes_only_its_own_connection(string what, byte[] bytes, int status, string cause)
    {
        await using var server = await TestServer.StartAsync(o => o.Transport = transport);
        await using var witness = await server.JoinAsync("witness", "room");
        using var hostile = await server.ConnectRawAsync();
        var id = await hostile.JoinAsync("hostile", "room");
        Assert.Equal("hostile", (await witness.ReceiveAsync()).Text);

        await hostile.SendAsync(bytes);
        // Later bytes are not parsed.
        await hostile.SendUntilRefusedAsync(ClientFrame.Binary(new Packet(1, Wire.NewMsg, "not to be heard")));
        var close = await hostile.ReadFrameAsync();
        Assert.True(close is { Opcode: ServerFrame.Close } && close.Status == status, $"{what}: {close.Opcode}, {close.Status}");
        hostile.Reset();

        Assert.Equal(new Packet(-1, Wire.DelUser, "hostile", id), await witness.ReceiveAsync());
        await server.Metrics.Measurements.FirstAsync(m => m.EndedBy(cause));
        await witness.SayAsync("still here");
    }

    [Theory]
    [InlineData(false, "BadSignature")]
    [InlineData(true, "SizeTooSmall")]
    public async Task A_bad_packet_is_counted_and_logged(bool size, string status)
    {
        await using var server = await TestServer.StartAsync(o => o.Transport = transport);
        using var hostile = await server.ConnectRawAsync();
        await hostile.UpgradeAsync();
        await hostile.SendAsync(ClientFrame.Binary(size ? Packet(size: 5) : Packet(signature: 0)));
        var logged = await server.Logs.FirstAsync(e => e.Id == 1202);
        Assert.Equal(status, logged.Values["Status"]!.ToString());
        Assert.Contains(server.Metrics.Measurements.All, m => m.Is("tpacket.server.bad_packets", "tpacket.status", status));
    }

    [Fact]
    public async Task A_message_in_many_frames_with_pings_between_is_a_packet()
    {
        await using var server = await TestServer.StartAsync(o => o.Transport = transport);
        using var client = await server.ConnectRawAsync();
        await client.UpgradeAsync();
        var magic = new Packet(1, Wire.Nop, Wire.MagicString).Encode();
        for (var i = 0; i < magic.Length; i++)
            await client.SendAsync([.. ClientFrame.Write(i == 0 ? 2 : 0, [magic[i]], fin: i == magic.Length - 1), .. ClientFrame.Write(9, [(byte)i])]);
        await client.SendAsync(new Packet(2, Wire.SetUserNick, "patient"));
        for (var i = 0; i < magic.Length; i++)
            Assert.Equal([(byte)i], (await client.ReadFrameAsync()).Payload);
        Assert.Equal(new Packet(2, Wire.RespOk, ""), (await client.ReadFrameAsync()).Packet);
    }

    [Fact]
    public async Task Data_after_a_close_by_the_server_is_not_handled()
    {
        await using var server = await TestServer.StartAsync(o => o.Transport = transport);
        await using var witness = await server.JoinAsync("witness", "room");
        using var hostile = await server.ConnectRawAsync();
        var id = await hostile.JoinAsync("hostile", "room");
        await hostile.SendAsync([.. ClientFrame.Close(1000), .. ClientFrame.Binary(new Packet(1, Wire.NewMsg, "from beyond"))]);
        hostile.ShutdownSend();
        var frames = await hostile.ReadFramesToEndAsync();
        Assert.Equal((ServerFrame.Close, 1000), (frames[^1].Opcode, frames[^1].Status));
        Assert.False(hostile.WasReset);
        Assert.Equal("hostile", (await witness.ReceiveAsync()).Text);
        Assert.Equal(new Packet(-1, Wire.DelUser, "hostile", id), await witness.ReceiveAsync());
        await witness.SayAsync("still here");
    }

    [Fact]
    public async Task A_flood_after_the_close_ends_the_connection_before_the_deadline()
    {
        await using var server = await TestServer.StartAsync(o => o.Transport = transport, time: new WatchedTime());
        await using var witness = await server.SignInAsync("witness");
        using var hostile = await server.ConnectRawAsync();
        await hostile.UpgradeAsync();
        await hostile.SendAsync(ClientFrame.Close(1000));
        for (var i = 0; i < 64; i++)
            await hostile.SendUntilRefusedAsync(new byte[64 * 1024]);
        // The clock stands still, so that no deadline ends the connection.
        await server.EndedAsync();
        await witness.FenceAsync();
    }

    [Fact]
    public async Task A_close_without_status_is_answered_with_one_without()
    {
        await using var server = await TestServer.StartAsync(o => o.Transport = transport);
        using var client = await server.ConnectRawAsync();
        await client.UpgradeAsync();
        await client.SendAsync(ClientFrame.Write(8, []));
        var answer = Assert.Single(await client.ReadFramesToEndAsync());
        Assert.Equal((ServerFrame.Close, 0), (answer.Opcode, answer.Payload.Length));
        Assert.False(client.WasReset);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_incomplete_frame_ends_with_its_stream(bool reset)
    {
        await using var server = await TestServer.StartAsync(o => o.Transport = transport);
        await using var witness = await server.JoinAsync("witness", "room");
        using var liar = await server.ConnectRawAsync();
        var id = await liar.JoinAsync("liar", "room");
        Assert.Equal("liar", (await witness.ReceiveAsync()).Text);
        await liar.SendAsync([.. ClientFrame.Header(2, 50_000), .. new byte[40_000]]);
        if (reset)
            liar.Reset();
        else
            liar.ShutdownSend();
        Assert.Equal(new Packet(-1, Wire.DelUser, "liar", id), await witness.ReceiveAsync());
        await server.Metrics.Measurements.FirstAsync(m => m.EndedBy(reset ? "TransportFailed" : "EndOfStream"));
        await witness.SayAsync("still here");
    }

    private static byte[] Packet(byte signature = (byte)'E', int size = 25)
    {
        var bytes = new Packet(1, Wire.Nop, "x").Encode();
        bytes[0] = signature;
        BitConverter.TryWriteBytes(bytes.AsSpan(8), size);
        return bytes;
    }
}
