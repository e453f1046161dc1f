using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Hosting;

/// <summary>The server's start and stop with its host.</summary>
public class LifetimeTests
{
    [Fact]
    public async Task A_stop_closes_every_client_with_1001_and_ends_when_they_are_gone()
    {
        await using var server = await TestServer.StartAsync(o => o.DrainTimeout = TimeSpan.FromHours(1));
        await using var inRoom = await server.JoinAsync("alice", "room");
        await using var signedIn = await server.SignInAsync("bob");
        await using var connected = await server.ConnectAsync();
        using var silent = await server.ConnectRawAsync();
        await using var last = await server.SignInAsync("last");

        var stopping = server.StopAsync();
        foreach (var client in new[] { inRoom, signedIn, connected, last })
        {
            Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await client.ReceiveCloseAsync());
            Assert.False(stopping.IsCompleted);
            await client.CloseOutputAsync();
        }

        Assert.Empty(await silent.ReadToEndAsync());
        await stopping.WaitAsync(Deadline.Limit);
        Assert.Equal((0, 0), (server.Server.ConnectionCount, server.Server.EndPoints.Count));
        Assert.Empty(server.Rooms.Rooms);
        Assert.DoesNotContain(server.Logs.All, e => e.Id == 1002);
        Assert.Contains(server.Logs.All, e => e.Id == 1003);
        Assert.Equal(0, server.Metrics.Sum("tpacket.server.active_connections"));
        Assert.Equal(0, server.Metrics.Sum("tpacket.server.active_users"));
    }

    [Fact]
    public async Task A_deadline_of_the_host_ends_the_wait_for_clients_too()
    {
        await using var server = await TestServer.StartAsync(o => (o.DrainTimeout, o.CloseTimeout) = (TimeSpan.FromHours(1), TimeSpan.FromHours(1)));
        using var stubborn = await server.ConnectRawAsync();
        await stubborn.SignInAsync("stubborn");
        using var hosts = new CancellationTokenSource();
        var stopping = server.Server.StopAsync(hosts.Token);
        Assert.Equal(1001, (await stubborn.ReadFrameAsync()).Status);
        Assert.False(stopping.IsCompleted);
        await hosts.CancelAsync();
        await stopping.WaitAsync(Deadline.Limit);
        Assert.Equal(1, (await server.Logs.FirstAsync(e => e.Id == 1002)).Values["Connections"]);
    }

    [Fact]
    public async Task While_it_stops_a_server_takes_no_new_connections()
    {
        await using var server = await TestServer.StartAsync(o => o.DrainTimeout = TimeSpan.FromHours(1));
        await using var client = await server.SignInAsync("alice");
        var stopping = server.StopAsync();
        await server.Logs.FirstAsync(e => e.Id == 1001);
        await Assert.ThrowsAsync<SocketException>(() => server.ConnectRawAsync());
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await client.ReceiveCloseAsync());
        await client.CloseOutputAsync();
        await stopping.WaitAsync(Deadline.Limit);
    }

    [Fact]
    public async Task A_handler_that_never_completes_does_not_keep_a_server_from_stopping()
    {
        var time = new WatchedTime();
        var entered = new TaskCompletionSource();
        var never = new TaskCompletionSource();
        var drain = TimeSpan.FromSeconds(7);
        await using var server = await TestServer.StartAsync(o => o.DrainTimeout = drain, b => b.AddCommand(256, async _ =>
        {
            entered.SetResult();
            await never.Task;
        }), time);
        await using var client = await server.JoinAsync("alice", "room");
        await client.SendAsync(256);
        await entered.Task.WaitAsync(Deadline.Limit);

        var stopping = server.StopAsync();
        // Connections get most of the drain time, and the release of resources the rest; together no more than the drain time.
        await time.Timers.FirstAsync(due => due == drain * 9 / 10);
        Assert.Equal(1, server.Server.ConnectionCount);
        time.Advance(drain * 9 / 10);
        // The connection was released. Its place is free, although its handler still runs.
        await server.Metrics.Measurements.FirstAsync(m => m.Instrument == "tpacket.server.connection.duration");
        Assert.Equal(0, server.Server.ConnectionCount);
        await time.Timers.FirstAsync(due => due == drain / 10);
        Assert.False(stopping.IsCompleted);
        time.Advance(drain / 10);

        await stopping.WaitAsync(Deadline.Limit);
        Assert.Contains(server.Logs.All, e => e.Id == 1002);
        never.SetResult();
        await server.EndedAsync();
        Assert.Equal(0, server.Server.ConnectionCount);
        Assert.Empty(server.Rooms.Rooms);
    }

    [Fact]
    public async Task A_handler_that_ends_after_its_connection_leaves_no_timer()
    {
        var time = new WatchedTime();
        var entered = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        var handlerTimeout = TimeSpan.FromSeconds(77);
        await using var server = await TestServer.StartAsync(o => o.HandlerTimeout = handlerTimeout, b => b.AddCommand(256, async context =>
        {
            context.User.Disconnect("enough");
            entered.SetResult();
            await goOn.Task;
        }), time);
        using var client = await server.ConnectRawAsync();
        await client.JoinAsync("alice", "room");
        await client.SendAsync(new Packet(1, 256, ""));
        await entered.Task.WaitAsync(Deadline.Limit);
        time.Advance(TimeSpan.FromSeconds(6));
        await time.Timers.FirstAsync(due => due == handlerTimeout);

        goOn.SetResult();

        await time.Ended.FirstAsync(due => due == handlerTimeout);
        await server.EndedAsync();
    }

    [Fact]
    public async Task A_handler_is_notified_of_the_disconnect_although_another_callback_throws()
    {
        var notified = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(build: b => b.AddCommand(256, context =>
        {
            context.User.Disconnected.Register(() => notified.SetResult());
            context.User.Disconnected.Register(() => throw new InvalidOperationException("of the host's making"));
            context.ReplyOk();
            return default;
        }));
        await using var witness = await server.JoinAsync("witness", "room");
        await using var client = await server.JoinAsync("alice", "room");
        await witness.FenceAsync();
        await client.ReplyAsync(256);
        await client.CloseAsync();
        await notified.Task.WaitAsync(Deadline.Limit);
        Assert.Equal(new Packet(-1, Wire.DelUser, "alice", client.Id), await witness.ReceiveAsync());
        await using var heir = await server.JoinAsync("heir", "room");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_handler_that_fails_is_answered_and_logged_and_the_connection_stays(bool atOnce)
    {
        await using var server = await TestServer.StartAsync(build: b => b.AddCommand(256, atOnce
            ? _ => throw new InvalidOperationException("secret")
            : async _ =>
            {
                await Task.Yield();
                throw new InvalidOperationException("secret");
            }));
        await using var client = await server.JoinAsync("alice", "room");
        var error = await client.ReplyAsync(256);
        Assert.Equal((Wire.RespError, Wire.ErrorHandlerFailed), (error.Command, error.P1));
        Assert.DoesNotContain("secret", error.Text, StringComparison.Ordinal);
        Assert.NotNull((await server.Logs.FirstAsync(e => e.Id == 1203)).Error);
        await client.SayAsync("still here");
    }

    [Fact]
    public async Task Health_is_listening_full_or_not_listening()
    {
        await using var server = await TestServer.StartAsync(o => o.MaxConnections = 1, b => b.AddHealthCheck());
        var health = server.Services.GetRequiredService<HealthCheckService>();
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync()).Entries["tpacket"].Status);
        await using (var client = await server.SignInAsync("alice"))
        {
            Assert.Equal(HealthStatus.Degraded, (await health.CheckHealthAsync()).Entries["tpacket"].Status);
            await client.CloseAsync();
        }

        await server.EndedAsync();
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync()).Entries["tpacket"].Status);
        await server.StopAsync();
        Assert.Equal(HealthStatus.Unhealthy, (await health.CheckHealthAsync()).Entries["tpacket"].Status);
    }

    [Fact]
    public async Task A_health_check_has_its_tags_and_the_state()
    {
        await using var server = await TestServer.StartAsync(build: b => b.AddHealthCheck());
        var entry = (await server.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["tpacket"];
        Assert.Equal(["ready", "tpacket"], entry.Tags);
        Assert.Equal(nameof(TPacketServerState.Open), entry.Data["state"]);
    }

    [Fact]
    public async Task A_server_that_drains_closes_its_clients_and_accepts_no_others_while_the_host_runs()
    {
        await using var server = await TestServer.StartAsync(o => o.DrainTimeout = TimeSpan.FromHours(1), b => b.AddHealthCheck());
        var (endPoint, health) = (server.EndPoint, server.Services.GetRequiredService<HealthCheckService>());
        await using var alice = await server.JoinAsync("alice", "room");
        Assert.Equal(TPacketServerState.Open, server.Server.State);

        var draining = server.Server.DrainAsync();
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await alice.ReceiveCloseAsync());
        Assert.Equal(TPacketServerState.Draining, server.Server.State);
        Assert.False(draining.IsCompleted);
        var entry = (await health.CheckHealthAsync()).Entries["tpacket"];
        Assert.Equal((HealthStatus.Unhealthy, (object)"Draining"), (entry.Status, entry.Data["state"]));
        await Assert.ThrowsAnyAsync<SocketException>(() => RawClient.ConnectAsync(endPoint));
        await alice.CloseOutputAsync();

        await draining.WaitAsync(Deadline.Limit);
        await server.Logs.FirstAsync(static e => e.Id == 1014);
        Assert.Equal(TPacketServerState.Draining, server.Server.State);
        await server.Server.DrainAsync().WaitAsync(Deadline.Limit);
        await server.StopAsync().WaitAsync(Deadline.Limit);
        Assert.Equal(TPacketServerState.Stopped, server.Server.State);
    }

    [Fact]
    public async Task A_wait_for_the_drain_can_be_cancelled_and_a_stop_can_end_the_drain_early()
    {
        await using var server = await TestServer.StartAsync(o => o.DrainTimeout = TimeSpan.FromHours(1));
        using var silent = await server.ConnectRawAsync();
        await silent.UpgradeAsync();
        using var impatient = new CancellationTokenSource();
        var draining = server.Server.DrainAsync(impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => draining);
        Assert.Equal(TPacketServerState.Draining, server.Server.State);

        using var abandoned = new CancellationTokenSource();
        var stopping = server.Server.StopAsync(abandoned.Token);
        Assert.False(stopping.IsCompleted);
        await abandoned.CancelAsync();
        await stopping.WaitAsync(Deadline.Limit);
        Assert.Equal(TPacketServerState.Stopped, server.Server.State);
    }

    [Fact]
    public async Task A_server_that_has_not_started_cannot_drain()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddTPacketServer();
        using var host = builder.Build();
        var server = host.Services.GetRequiredService<TPacketServer>();
        Assert.Equal(TPacketServerState.Starting, server.State);
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.DrainAsync());
    }
}
