using System.Net.WebSockets;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Hosting;

/// <summary>Every wait has a deadline. The test moves the clock.</summary>
public class DeadlineTests
{
    private const WebSocketCloseStatus TryAgainLater = (WebSocketCloseStatus)1013;

    private static readonly TimeSpan _justBefore = TimeSpan.FromSeconds(9);
    private static readonly TimeSpan _rest = TimeSpan.FromSeconds(2);

    private readonly WatchedTime _time = new();

    [Theory]
    [InlineData("")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n")]
    public async Task A_handshake_that_takes_too_long_is_answered_with_408(string beginning)
    {
        await using var server = await TestServer.StartAsync(static o => o.EventLoops = 1, time: _time);
        using var silent = await server.ConnectRawAsync();
        await silent.SendAsync(beginning);
        // Connections are accepted in order: when this one is accepted, the silent one is too.
        await using var witness = await server.SignInAsync("witness");

        _time.Advance(_justBefore);
        Assert.Equal(2, server.Server.ConnectionCount);
        _time.Advance(_rest);
        Assert.StartsWith("HTTP/1.1 408 ", await silent.ReadHeadAsync(), StringComparison.Ordinal);
        silent.Reset();
        Assert.True((await server.EndedAsync()).Is(1102, "Cause", "HandshakeTimeout"));
        await witness.FenceAsync();
    }

    [Fact]
    public async Task A_handshake_that_arrives_byte_by_byte_gets_no_additional_time()
    {
        await using var server = await TestServer.StartAsync(static o => o.EventLoops = 1, time: _time);
        using var slow = await server.ConnectRawAsync();
        await using var witness = await server.SignInAsync("witness");
        foreach (var c in "GET / HTTP/1.1\r\n"u8.ToArray())
        {
            await slow.SendUntilRefusedAsync([c]);
            // The loop has read it when it answers another client.
            await witness.FenceAsync();
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        // A client with unread input at the deadline is checked at a later heartbeat.
        var answering = slow.ReadHeadAsync();
        while (!answering.IsCompleted)
        {
            await witness.FenceAsync();
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.StartsWith("HTTP/1.1 408 ", await answering, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_without_a_magic_string_in_time_is_closed_with_1013()
    {
        await using var server = await TestServer.StartAsync(time: _time);
        await using var silent = await server.ConnectAsync();
        await using var witness = await server.SignInAsync("witness");
        _time.Advance(_justBefore);
        _time.Advance(_rest);
        Assert.Equal(TryAgainLater, await silent.ReceiveCloseAsync());
        Assert.Contains(server.Metrics.Measurements.All, m => m.Is("tpacket.server.protocol_violations", "tpacket.violation", "NoMagicString"));
        Assert.Contains(server.Logs.All, e => e.Id == 1206);
        await witness.FenceAsync();
    }

    [Fact]
    public async Task A_client_that_is_closed_for_a_violation_is_not_closed_again_for_a_deadline()
    {
        await using var server = await TestServer.StartAsync(static o => o.CloseTimeout = TimeSpan.FromHours(1), time: _time);
        using var client = await server.ConnectRawAsync();
        await client.UpgradeAsync();
        _time.Advance(_justBefore);
        await client.SendAsync(new Packet(1, Wire.Nop, "wrong"));
        Assert.Equal(ServerFrame.Close, (await client.ReadFrameAsync()).Opcode);
        _time.Advance(_rest);
        Assert.Equal("WrongMagicString", Assert.Single(server.Logs.All, static e => e.Id == 1206).Values["Violation"]?.ToString());
        Assert.Equal(1, server.Metrics.Sum("tpacket.server.protocol_violations"));
    }

    [Fact]
    public async Task The_deadline_of_the_magic_string_is_not_the_handshakes()
    {
        await using var server = await TestServer.StartAsync(time: _time);
        using var client = await server.ConnectRawAsync();
        await using var witness = await server.SignInAsync("witness");
        _time.Advance(_justBefore);
        await client.UpgradeAsync();
        _time.Advance(_justBefore);
        await client.SendAsync(new Packet(1, Wire.Nop, Wire.MagicString));
        await client.SendAsync(new Packet(2, Wire.Unknown, ""));
        Assert.Equal(Wire.ErrorNickRequired, (await client.ReadFrameAsync()).Packet.P1);
        _time.Advance(_justBefore);
        await client.SendAsync(new Packet(3, Wire.SetUserNick, "late"));
        Assert.Equal(new Packet(3, Wire.RespOk, ""), (await client.ReadFrameAsync()).Packet);
        _time.Advance(_justBefore);
        _time.Advance(_rest);
        await client.SendAsync(new Packet(4, Wire.NewMsg, ""));
        ServerFrame frame;
        do
            frame = await client.ReadFrameAsync();
        while (frame.Opcode == ServerFrame.Ping);
        Assert.Equal(4, frame.Packet.Uid);
    }

    [Fact]
    public async Task A_client_without_a_nick_in_time_is_closed_with_1013_whatever_number_of_nicks_it_has_tried()
    {
        await using var server = await TestServer.StartAsync(time: _time);
        await using var undecided = await server.ConnectAsync();
        await undecided.SendAsync(Wire.Nop, Wire.MagicString);
        Assert.Equal(Wire.ErrorNickInvalid, (await undecided.ReplyAsync(Wire.SetUserNick, "")).P1);
        _time.Advance(_justBefore);
        Assert.Equal(Wire.ErrorNickInvalid, (await undecided.ReplyAsync(Wire.SetUserNick, "")).P1);
        _time.Advance(_rest);
        Assert.Equal(TryAgainLater, await undecided.ReceiveCloseAsync());
    }

    [Fact]
    public async Task An_idle_client_is_pinged_and_lives_as_long_as_it_answers()
    {
        await using var server = await TestServer.StartAsync(time: _time);
        using var client = await server.ConnectRawAsync();
        await client.SignInAsync("idle");
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(31));
            var ping = await client.ReadFrameAsync();
            Assert.Equal(ServerFrame.Ping, ping.Opcode);
            await client.SendAsync(ClientFrame.Write(ServerFrame.Pong, ping.Payload));
            await client.SendAsync(new Packet(i, Wire.Unknown, ""));
            Assert.Equal(i, (await client.ReadFrameAsync()).Packet.Uid);
        }
    }

    [Fact]
    public async Task A_client_that_does_not_answer_a_ping_leaves_its_room()
    {
        await using var server = await TestServer.StartAsync(time: _time);
        await using var witness = await server.JoinAsync("witness", "room");
        using var dead = await server.ConnectRawAsync();
        var id = await dead.JoinAsync("dead", "room");
        await witness.FenceAsync();
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(ServerFrame.Ping, (await dead.ReadFrameAsync()).Opcode);
        await witness.FenceAsync();

        _time.Advance(TimeSpan.FromSeconds(13));
        Assert.Equal(2, server.Server.ConnectionCount);
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Empty(await dead.ReadFramesToEndAsync());
        Assert.Equal(new Packet(-1, Wire.DelUser, "dead", id), await witness.ReceiveAsync());
        Assert.True((await server.EndedAsync()).Is(1102, "Cause", "PongTimeout"));
    }

    [Fact]
    public async Task A_client_that_does_not_answer_a_close_is_released()
    {
        await using var server = await TestServer.StartAsync(time: _time);
        using var stubborn = await server.ConnectRawAsync();
        await stubborn.UpgradeAsync();
        await stubborn.SendAsync(new Packet(1, Wire.Nop, "wrong"));
        Assert.Equal(1008, (await stubborn.ReadFrameAsync()).Status);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(1, server.Server.ConnectionCount);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Empty(await stubborn.ReadToEndAsync());
        Assert.True((await server.EndedAsync()).Is(1101, "Cause", "ClosedHere"));
        Assert.Equal(0, server.Server.ConnectionCount);
    }

    [Fact]
    public async Task A_stop_waits_for_clients_no_longer_than_the_drain_timeout()
    {
        var drain = TimeSpan.FromSeconds(7);
        await using var server = await TestServer.StartAsync(o => (o.DrainTimeout, o.CloseTimeout) = (drain, TimeSpan.FromHours(1)), time: _time);
        using var stubborn = await server.ConnectRawAsync();
        await stubborn.SignInAsync("stubborn");
        var stopping = server.StopAsync();
        Assert.Equal(1001, (await stubborn.ReadFrameAsync()).Status);
        var forClients = drain * 9 / 10;
        await _time.Timers.FirstAsync(due => due == forClients);
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.False(stopping.IsCompleted);
        _time.Advance(forClients - TimeSpan.FromSeconds(6));
        await stopping.WaitAsync(Deadline.Limit);
        Assert.Equal(1, (await server.Logs.FirstAsync(e => e.Id == 1002)).Values["Connections"]);
        Assert.Empty(await stubborn.ReadToEndAsync());
        Assert.True((await server.EndedAsync()).Is(1101, "Cause", "ClosedHere"));
    }
}
