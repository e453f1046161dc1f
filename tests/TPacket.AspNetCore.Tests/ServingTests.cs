using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TPacket.AspNetCore.Tests.Harness;
using TPacket.Server;
using TPacket.Server.Tests.Harness;

namespace TPacket.AspNetCore.Tests;

public class ServingTests
{
    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    [InlineData(HttpKind.Http2OverTls)]
    public async Task A_mapped_path_answers_recorded_clients_with_the_recorded_packets(HttpKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        await new Transcript().ReplayAsync(() => app.ConnectAsync());
    }

    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    public async Task A_subprotocol_is_agreed_on(HttpKind kind)
    {
        await using var app = await TestApp.StartAsync(kind, tPacket: server => server.UseHandshakePolicy<SubprotocolPolicy>());
        await using var client = await app.ConnectAsync(configure: socket =>
        {
            socket.AddSubProtocol("other");
            socket.AddSubProtocol("tpacket");
        });
        Assert.Equal("tpacket", client.Subprotocol);
        await client.SignInAsync("alice");
    }

    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    public async Task Messages_are_compressed_both_ways(HttpKind kind)
    {
        await using var app = await TestApp.StartAsync(kind, options => options.Compression = true);
        await using var client = await app.ConnectAsync(compression: true);
        await client.SignInAsync("alice");
        await client.JoinAsync("lobby");
        await client.SayAsync(new string('a', 250));
    }

    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    public async Task The_limits_of_requests_do_not_apply_to_a_connection(HttpKind kind)
    {
        await using var app = await TestApp.StartAsync(
            kind, services: builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 1024));
        await using var client = await app.JoinAsync("alice", "lobby");
        for (var i = 0; i < 20; i++)
            await client.SayAsync(new string('a', 250));
    }

    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    public async Task Clients_of_an_endpoint_and_of_a_path_meet_in_the_same_rooms(HttpKind kind)
    {
        await using var app = await TestApp.StartAsync(kind, options => (options.Address, options.Port) = ("127.0.0.1", 0));
        await using var alice = await TestClient.ConnectAsync(new Uri($"ws://{Assert.Single(app.Server.EndPoints)}/"));
        await alice.SignInAsync("alice");
        await alice.JoinAsync("lobby");
        await using var bob = await app.JoinAsync("bob", "lobby");
        Assert.Equal("bob", (await alice.ReceiveAsync()).Text);

        await bob.SayAsync("hello");

        Assert.Equal(new Packet(-1, Wire.NewMsg, "hello", bob.Id), await alice.ReceiveAsync());
        Assert.Equal(2, app.Server.ConnectionCount);
    }

    [Fact]
    public async Task An_app_that_sets_no_address_listens_only_on_its_own()
    {
        await using var app = await TestApp.StartAsync(tPacket: server => server.AddHealthCheck(), services: builder => builder.Services.AddLogging());
        Assert.Empty(app.Server.EndPoints);
        var health = await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.Equal(HealthStatus.Healthy, health.Status);
    }

    [Fact]
    public async Task Paths_of_one_app_lead_to_the_same_rooms()
    {
        await using var app = await TestApp.StartAsync(use: web => web.MapTPacket("/also/{here}"));
        await using var alice = await app.JoinAsync("alice", "lobby");
        await using var bob = await TestClient.ConnectAsync(new Uri(app.Uri, "/also/there?x=1"));
        await bob.SignInAsync("bob");
        await bob.JoinAsync("lobby");
        Assert.Equal("bob", (await alice.ReceiveAsync()).Text);
    }

    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    public async Task A_close_of_the_client_is_answered_and_ends_the_connection(HttpKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        await using var client = await app.JoinAsync("alice", "lobby");
        await client.CloseAsync();
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
        Assert.Equal("ClosedByPeer", (await app.EndedAsync()).Values["Cause"]!.ToString());
    }

    [Theory]
    [InlineData(HttpKind.Http1)]
    [InlineData(HttpKind.Http2)]
    public async Task A_client_that_vanishes_leaves_its_room(HttpKind kind)
    {
        await using var app = await TestApp.StartAsync(kind);
        await using var alice = await app.JoinAsync("alice", "lobby");
        var bob = await app.JoinAsync("bob", "lobby");
        await alice.ReceiveAsync();

        await bob.DisposeAsync();

        Assert.Equal(new Packet(-1, Wire.DelUser, "", bob.Id), await alice.ReceiveAsync() with { Data = [] });
    }

    [Fact]
    public void Mapping_a_path_without_a_server_throws()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        Assert.Contains("AddTPacketServer", Assert.Throws<InvalidOperationException>(() => app.MapTPacket("/chat")).Message, StringComparison.Ordinal);
    }

    private sealed class SubprotocolPolicy : IHandshakePolicy
    {
        public ValueTask<HandshakeDecision> DecideAsync(HandshakeRequest request) => new(HandshakeDecision.Select(request, ["tpacket"]));
    }
}
