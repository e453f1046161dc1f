using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using TPacket.AspNetCore.Tests.Harness;
using TPacket.Server;
using TPacket.Server.Tests.Harness;
using TPacket.WebSockets;

namespace TPacket.AspNetCore.Tests;

public class StoppingTests
{
    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    [InlineData(HttpKind.Http2OverTls)]
    public async Task Clients_are_closed_with_1001_and_the_app_waits_for_their_answer(HttpKind kind)
    {
        await using var app = await TestApp.StartAsync(kind, options => options.CloseTimeout = TimeSpan.FromMinutes(1));
        await using var client = await app.JoinAsync("alice", "lobby");

        var stopping = app.StopAsync();
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await client.ReceiveCloseAsync());
        Assert.False(stopping.IsCompleted);
        await client.CloseOutputAsync();
        await stopping;

        var end = await app.EndedAsync();
        Assert.Equal(("ClosedHere", 1001), (end.Values["Cause"]!.ToString(), (int)(CloseStatus)end.Values["Status"]!));
    }

    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    public async Task A_client_with_a_session_receives_MOVE_ON_before_1001(HttpKind kind)
    {
        await using var app = await TestApp.StartAsync(kind, options => options.MoveOnSpread = TimeSpan.FromMilliseconds(300));
        await using var deaf = await JoinWithSessionAsync(app, "deaf");
        await using var alice = await JoinWithSessionAsync(app, "alice", Wire.MoveOn);

        var stopping = app.StopAsync();
        var last = (await ReceiveAllAsync(alice))[^1];
        Assert.Equal((WebSocketCloseStatus.EndpointUnavailable, -1, Wire.MoveOn, 0), (alice.CloseStatus, last.Uid, last.Command, last.Data.Length));
        Assert.InRange(last.P1, 0, 300);
        Assert.DoesNotContain(await ReceiveAllAsync(deaf), static p => p.Command == Wire.MoveOn);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, deaf.CloseStatus);
        await alice.CloseOutputAsync();
        await deaf.CloseOutputAsync();
        await stopping;
    }

    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    public async Task A_client_that_connects_while_the_app_stops_is_refused(HttpKind kind)
    {
        var judging = new TaskCompletionSource();
        await using var app = await TestApp.StartAsync(
            kind, tPacket: server => server.Services.AddSingleton<IHandshakePolicy>(new SlowPolicy(judging)));
        using var request = RawWebSocket.Request(app);
        var answering = app.SendAsync(request);
        await judging.Task.WaitAsync(Deadline.Limit);

        var stopping = app.StopAsync();

        using var response = await answering;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        await stopping;
        Assert.Equal(0, app.Server.ConnectionCount);
    }

    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    public async Task A_client_that_does_not_answer_is_aborted(HttpKind kind)
    {
        await using var app = await TestApp.StartAsync(kind, options =>
        {
            options.CloseTimeout = TimeSpan.FromMilliseconds(50);
            options.HeartbeatPeriod = TimeSpan.FromMilliseconds(10);
        });
        using var silent = await RawWebSocket.OpenAsync(app);
        var stopping = app.StopAsync();
        Assert.Equal("ClosedHere", (await app.EndedAsync()).Values["Cause"]!.ToString());
        // Over HTTP/2 Kestrel continues to wait for the end of the client's stream.
        if (kind == HttpKind.Http2)
            silent.Dispose();
        await stopping;
    }

    private static async Task<TestClient> JoinWithSessionAsync(TestApp app, string nick, params int[] accepted)
    {
        var client = await app.ConnectAsync();
        await client.SignInAsync(nick);
        await client.AcceptAsync(accepted);
        Assert.Equal(Wire.Session, (await client.ReplyAsync(Wire.Session, RandomNumberGenerator.GetBytes(32))).Command);
        await client.JoinAsync("lobby");
        return client;
    }

    private static async Task<List<Packet>> ReceiveAllAsync(TestClient client)
    {
        var received = new List<Packet>();
        while (await client.TryReceiveAsync() is { } packet)
            received.Add(packet);
        return received;
    }

    /// <summary>A policy that never decides.</summary>
    private sealed class SlowPolicy(TaskCompletionSource judging) : IHandshakePolicy
    {
        public async ValueTask<HandshakeDecision> DecideAsync(HandshakeRequest request)
        {
            judging.SetResult();
            await Task.Delay(Timeout.Infinite);
            return HandshakeDecision.Accept;
        }
    }
}
