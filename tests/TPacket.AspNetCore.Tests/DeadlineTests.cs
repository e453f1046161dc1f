using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TPacket.AspNetCore.Tests.Harness;
using TPacket.Server;
using TPacket.Server.Tests.Harness;

namespace TPacket.AspNetCore.Tests;

/// <summary>Tests of the server's deadlines for connections of an HTTP server, with a fake clock.</summary>
public class DeadlineTests
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    private readonly WatchedTime _time = new();

    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    [InlineData(HttpKind.Http2OverTls)]
    public async Task A_missing_magic_string_closes_the_connection(HttpKind kind)
    {
        await using var app = await StartAsync(kind);
        using var silent = await OpenAsync(app);
        _time.Advance(_second * 9);
        Assert.DoesNotContain(app.Logs.All, static e => e.Id == 1206);
        _time.Advance(_second * 2);
        Assert.Equal(ServerFrame.Close, (await silent.ReadFrameAsync()).Opcode);
        Assert.True((await app.Logs.FirstAsync(static e => e.Id == 1206)).Is(1206, "Violation", "NoMagicString"));
    }

    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    public async Task A_missing_nick_closes_the_connection(HttpKind kind)
    {
        await using var app = await StartAsync(kind);
        using var silent = await OpenAsync(app);
        _time.Advance(_second * 9);
        await SayMagicStringAsync(silent);
        _time.Advance(_second * 9);
        Assert.DoesNotContain(app.Logs.All, static e => e.Id == 1206);
        _time.Advance(_second * 2);
        Assert.Equal(ServerFrame.Close, (await silent.ReadFrameAsync()).Opcode);
        Assert.True((await app.Logs.FirstAsync(static e => e.Id == 1206)).Is(1206, "Violation", "NoNick"));
    }

    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    [InlineData(HttpKind.Http2OverTls)]
    public async Task A_missing_pong_ends_the_connection(HttpKind kind)
    {
        await using var app = await StartAsync(kind);
        using var dead = await OpenAsync(app);
        await SayMagicStringAsync(dead);
        await dead.SendAsync(ClientFrame.Binary(new Packet(3, Wire.SetUserNick, "dead")));
        Assert.Equal(new Packet(3, Wire.RespOk, ""), (await dead.ReadFrameAsync()).Packet);
        _time.Advance(_second * 31);
        Assert.Equal(ServerFrame.Ping, (await dead.ReadFrameAsync()).Opcode);
        _time.Advance(_second * 13);
        Assert.DoesNotContain(app.Logs.All, static e => e.Id is 1101 or 1102);
        _time.Advance(_second * 3);
        Assert.True((await app.EndedAsync()).Is(1102, "Cause", "PongTimeout"));
    }

    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    public async Task An_unanswered_close_ends_with_the_close_timeout(HttpKind kind)
    {
        await using var app = await StartAsync(kind);
        using var stubborn = await OpenAsync(app);
        await stubborn.SendAsync(ClientFrame.Binary(new Packet(1, Wire.Nop, "wrong")));
        Assert.Equal(ServerFrame.Close, (await stubborn.ReadFrameAsync()).Opcode);
        _time.Advance(_second * 4);
        Assert.DoesNotContain(app.Logs.All, static e => e.Id is 1101 or 1102);
        _time.Advance(_second * 2);
        Assert.True((await app.EndedAsync()).Is(1101, "Cause", "ClosedHere"));
    }

    [Fact]
    public async Task The_handshake_timeout_bounds_the_handshake_policy()
    {
        var policy = new NeverPolicy();
        await using var app = await StartAsync(HttpKind.Http1, server => server.Services.AddSingleton<IHandshakePolicy>(policy));
        using var request = RawWebSocket.Request(app);
        var answering = app.SendAsync(request);
        await policy.Asked.Task.WaitAsync(Deadline.Limit);
        await _time.Timers.FirstAsync(static due => due == TimeSpan.FromSeconds(10));
        _time.Advance(_second * 9);
        Assert.False(answering.IsCompleted);
        _time.Advance(_second * 2);
        using var response = await answering;
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        await app.EndedAsync();
        Assert.Equal(0, app.Server.ConnectionCount);
    }

    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    public async Task A_client_that_has_answered_its_ping_survives_a_pause_of_the_process(HttpKind kind)
    {
        await using var app = await StartAsync(kind);
        using var client = await OpenAsync(app);
        await SayMagicStringAsync(client);
        await client.SendAsync(ClientFrame.Binary(new Packet(3, Wire.SetUserNick, "alice")));
        Assert.Equal(new Packet(3, Wire.RespOk, ""), (await client.ReadFrameAsync()).Packet);
        _time.Advance(_second * 31);
        Assert.Equal(ServerFrame.Ping, (await client.ReadFrameAsync()).Opcode);

        _time.Stall(TimeSpan.FromHours(1));
        await client.SendAsync(ClientFrame.Binary(new Packet(4, Wire.Unknown, "")));
        Assert.Equal(4, (await client.ReadFrameAsync()).Packet.Uid);
        _time.Advance(_second * 20);
        await client.SendAsync(ClientFrame.Binary(new Packet(5, Wire.Unknown, "")));
        Assert.Equal(5, (await client.ReadFrameAsync()).Packet.Uid);
    }

    private Task<TestApp> StartAsync(HttpKind kind, Action<ITPacketServerBuilder>? tPacket = null) =>
        TestApp.StartAsync(kind, services: builder => builder.Services.AddSingleton<TimeProvider>(_time), tPacket: tPacket);

    /// <summary>Opens a connection, and waits until its deadline is set.</summary>
    private static async Task<RawWebSocket> OpenAsync(TestApp app)
    {
        var client = await RawWebSocket.OpenAsync(app);
        // The response is sent before the deadline is set, and a pong after it.
        await client.SendAsync(ClientFrame.Write(ServerFrame.Ping, []));
        Assert.Equal(ServerFrame.Pong, (await client.ReadFrameAsync()).Opcode);
        return client;
    }

    private static async Task SayMagicStringAsync(RawWebSocket client)
    {
        await client.SendAsync([.. ClientFrame.Binary(new Packet(1, Wire.Nop, Wire.MagicString)), .. ClientFrame.Binary(new Packet(2, Wire.Unknown, ""))]);
        Assert.Equal(Wire.ErrorNickRequired, (await client.ReadFrameAsync()).Packet.P1);
    }

    private sealed class NeverPolicy : IHandshakePolicy
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask<HandshakeDecision> DecideAsync(HandshakeRequest request)
        {
            Asked.SetResult();
            await new TaskCompletionSource().Task;
            return HandshakeDecision.Accept;
        }
    }
}
