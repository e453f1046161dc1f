using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TPacket.Server.Hosting;

/// <summary>
/// Reports healthy while the server accepts clients, degraded while the server is full
/// or short of resources, and otherwise the failure status of the registration.
/// </summary>
internal sealed class TPacketServerHealthCheck(TPacketServer server) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var state = server.State;
        var (status, text) = state switch
        {
            TPacketServerState.Open => (HealthStatus.Healthy, server.EndPoints.Count == 0
                ? "The tPacket server accepts clients through the host's HTTP server."
                : $"The tPacket server listens on {string.Join(", ", server.EndPoints)}."),
            TPacketServerState.Full => (HealthStatus.Degraded, "The tPacket server has the maximum number of connections (TPacket:MaxConnections)."),
            TPacketServerState.Suspended => (HealthStatus.Degraded, "The tPacket server accepts no connections: the process or the system is short of file descriptors or memory."),
            TPacketServerState.Draining => (context.Registration.FailureStatus, "The tPacket server is draining: it closes its connections and accepts no new ones."),
            _ => (context.Registration.FailureStatus, "The tPacket server is not listening."),
        };
        return Task.FromResult(new HealthCheckResult(status, text, data: new Dictionary<string, object> { ["state"] = state.ToString() }));
    }
}
