using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TPacket.Server.Hosting;

/// <summary>Reports healthy while the server accepts clients, and degraded while it can accept no more connections.</summary>
internal sealed class TPacketServerHealthCheck(TPacketServer server) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var state = server.State;
        var (status, text) = state switch
        {
            TPacketServerState.Open => (HealthStatus.Healthy, server.EndPoints.Count == 0
                ? "The tPacket server takes clients from the host's HTTP server."
                : $"The tPacket server listens on {string.Join(", ", server.EndPoints)}."),
            TPacketServerState.Full => (HealthStatus.Degraded, "The tPacket server has as many connections as TPacket:MaxConnections allows."),
            TPacketServerState.Suspended => (HealthStatus.Degraded, "The tPacket server accepts no connections: the process or the system is short of file descriptors or memory."),
            TPacketServerState.Draining => (context.Registration.FailureStatus, "The tPacket server is draining: it closes its connections and accepts no others."),
            _ => (context.Registration.FailureStatus, "The tPacket server is not listening."),
        };
        return Task.FromResult(new HealthCheckResult(status, text, data: new Dictionary<string, object> { ["state"] = state.ToString() }));
    }
}
