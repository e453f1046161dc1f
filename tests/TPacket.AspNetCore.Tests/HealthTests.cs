using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TPacket.AspNetCore.Tests.Harness;
using TPacket.Server.Tests.Harness;

namespace TPacket.AspNetCore.Tests;

/// <summary>Tests of the liveness and readiness probes.</summary>
public class HealthTests
{
    [Fact]
    public async Task A_server_that_accepts_clients_is_ready_and_live()
    {
        await using var app = await TestApp.StartAsync(use: static web => web.MapTPacketHealth());
        Assert.Equal((HttpStatusCode.OK, "ready\n"), await GetAsync(app, "/health/ready"));
        Assert.Equal((HttpStatusCode.OK, "live\n"), await GetAsync(app, "/health/live"));
        Assert.Equal((HttpStatusCode.OK, ""), await GetAsync(app, "/health/ready", HttpMethod.Head));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await GetAsync(app, "/health/ready", HttpMethod.Post)).Status);
    }

    [Fact]
    public async Task A_full_server_is_live_and_not_ready_until_a_client_disconnects()
    {
        await using var app = await TestApp.StartAsync(options: static o => o.MaxConnections = 1, use: static web => web.MapTPacketHealth("/probes"));
        await using var alice = await app.JoinAsync("alice", "room");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "full\n"), await GetAsync(app, "/probes/ready"));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(app, "/probes/live")).Status);
        await alice.CloseAsync();
        await app.EndedAsync();
        Assert.Equal((HttpStatusCode.OK, "ready\n"), await GetAsync(app, "/probes/ready"));
    }

    [Fact]
    public async Task A_draining_server_is_live_not_ready_and_refuses_clients()
    {
        await using var app = await TestApp.StartAsync(use: static web => web.MapTPacketHealth());
        await using var alice = await app.JoinAsync("alice", "room");
        var draining = app.Server.DrainAsync();
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await alice.ReceiveCloseAsync());
        await alice.CloseOutputAsync();
        await draining.WaitAsync(Deadline.Limit);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "draining\n"), await GetAsync(app, "/health/ready"));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(app, "/health/live")).Status);
        using var request = RawWebSocket.Request(app);
        using var refused = await app.SendAsync(request);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
    }

    [Theory]
    [InlineData("ready", HealthStatus.Unhealthy, HttpStatusCode.ServiceUnavailable, "unhealthy\n")]
    [InlineData("ready", HealthStatus.Degraded, HttpStatusCode.OK, "ready\n")]
    [InlineData("other", HealthStatus.Unhealthy, HttpStatusCode.OK, "ready\n")]
    public async Task Health_checks_with_the_tag_ready_affect_readiness(string tag, HealthStatus status, HttpStatusCode code, string word)
    {
        await using var app = await TestApp.StartAsync(
            services: builder => builder.Services.AddLogging().AddHealthChecks().AddCheck("own", () => new HealthCheckResult(status), [tag]), use: static web => web.MapTPacketHealth());
        Assert.Equal((code, word), await GetAsync(app, "/health/ready"));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(app, "/health/live")).Status);
    }

    private static async Task<(HttpStatusCode Status, string Text)> GetAsync(TestApp app, string path, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, new Uri(app.HttpUri, path));
        using var response = await app.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
