using System.Net.WebSockets;
using TPacket.WebSockets;

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
    public async Task An_app_stops_although_a_client_does_not_answer(HttpKind kind)
    {
        await using var app = await TestApp.StartAsync(kind, options =>
        {
            options.CloseTimeout = TimeSpan.FromMilliseconds(50);
            options.HeartbeatPeriod = TimeSpan.FromMilliseconds(10);
        });
        using var silent = await RawWebSocket.OpenAsync(app);
        await app.StopAsync();
        Assert.Equal("ClosedHere", (await app.EndedAsync()).Values["Cause"]!.ToString());
    }
}
