using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using TPacket.Server.Tests.Harness;
using TPacket.Transports;

namespace TPacket.Server.Tests.Hosting;

/// <summary>A server logs once that its transport is short of descriptors, and once that it accepts again.</summary>
public class ShortageTests
{
    [Fact]
    public async Task A_shortage_is_logged_counted_and_degrades_the_servers_health()
    {
        using var transport = new ShortTransport();
        await using var server = await TestServer.StartAsync(build: b =>
        {
            b.AddHealthCheck();
            b.Services.AddSingleton<Transport>(transport);
        });
        var health = server.Services.GetRequiredService<HealthCheckService>();
        await using var alice = await server.JoinAsync("alice", "room");

        transport.Suspend("Few are left.");
        var begun = Assert.Single(server.Logs.All, static e => e.Id == 1009);
        Assert.Equal((LogLevel.Warning, 1, "Few are left."), (begun.Level, begun.Values["Connections"], begun.Values["Reason"]));
        Assert.Equal(1, server.Metrics.Sum("tpacket.server.accept_suspensions"));
        Assert.Equal(HealthStatus.Degraded, (await health.CheckHealthAsync()).Entries["tpacket"].Status);
        await alice.SayAsync("still here");

        transport.Resume();
        Assert.Equal((LogLevel.Information, 1), (Assert.Single(server.Logs.All, static e => e.Id == 1010).Level, server.Logs.All.Single(static e => e.Id == 1010).Values["Connections"]));
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync()).Entries["tpacket"].Status);
        Assert.Equal(1, server.Metrics.Sum("tpacket.server.accept_suspensions"));
    }

    [Fact]
    public async Task A_shortage_that_ends_with_the_server_is_not_logged_as_ended()
    {
        using var transport = new ShortTransport();
        await using var server = await TestServer.StartAsync(build: b => b.Services.AddSingleton<Transport>(transport));
        transport.Suspend("Few are left.");
        await server.StopAsync();
        transport.Resume();
        Assert.DoesNotContain(server.Logs.All, static e => e.Id == 1010);
    }

    [Theory]
    [InlineData(10_000_000, true)]
    [InlineData(10, false)]
    public async Task A_limit_of_connections_above_the_limit_of_descriptors_logs_a_warning_at_the_start(int maxConnections, bool isWarned)
    {
        // A machine may allow more descriptors than the setting's maximum.
        if (Transport.DescriptorLimit is not { } limit || (isWarned && limit > maxConnections))
            return;
        await using var server = await TestServer.StartAsync(o => o.MaxConnections = maxConnections);
        var warnings = server.Logs.All.Where(static e => e.Id == 1011).ToArray();
        Assert.Equal(isWarned ? 1 : 0, warnings.Length);
        Assert.All(warnings, e => Assert.Equal((LogLevel.Warning, maxConnections, limit), (e.Level, e.Values["MaxConnections"], e.Values["DescriptorLimit"])));
    }

    /// <summary>Sockets with a shortage of descriptors that the test switches on.</summary>
    private sealed class ShortTransport : Transport
    {
        private readonly SocketTransport _inner = new();
        private bool _isSuspended;

        public override bool IsSuspended => _isSuspended;

        public void Suspend(string reason)
        {
            _isSuspended = true;
            Suspended!(new IOException(reason));
        }

        public void Resume()
        {
            _isSuspended = false;
            Resumed!();
        }

        public override TransportListener Bind(EndPoint endPoint) => _inner.Bind(endPoint);

        public override ValueTask<TransportConnection> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken = default) => _inner.ConnectAsync(endPoint, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            _inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
