using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Server;
using TPacket.Server.Tests.Harness;
using TPacket.WebSockets;
using TPacket.WebSockets.Handshake;

namespace TPacket.AspNetCore.Tests;

public class StoppingTests
{
    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    [InlineData(HttpKind.Http2OverTls)]
    public async Task Clients_are_told_1001_and_the_app_waits_for_their_answer(HttpKind kind)
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
    public async Task A_client_that_comes_while_the_app_stops_is_refused(HttpKind kind)
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
    public async Task A_client_that_does_not_answer_is_let_go(HttpKind kind)
    {
        await using var app = await TestApp.StartAsync(kind, options =>
        {
            options.CloseTimeout = TimeSpan.FromMilliseconds(50);
            options.HeartbeatPeriod = TimeSpan.FromMilliseconds(10);
        });
        using var silent = await RawWebSocket.OpenAsync(app);
        var stopping = app.StopAsync();
        Assert.Equal("ClosedHere", (await app.EndedAsync()).Values["Cause"]!.ToString());
        // Over HTTP/2 Kestrel waits on for the end of the client's stream.
        if (kind == HttpKind.Http2)
            silent.Dispose();
        await stopping;
    }

    /// <summary>Never comes to a decision.</summary>
    private sealed class SlowPolicy(TaskCompletionSource judging) : IHandshakePolicy
    {
        public async ValueTask<UpgradeDecision> DecideAsync(UpgradeRequest request, EndPoint? remoteEndPoint)
        {
            judging.SetResult();
            await Task.Delay(Timeout.Infinite);
            return UpgradeDecision.Accept;
        }
    }
}
