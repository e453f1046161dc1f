using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TPacket.Server.Hosting;

/// <summary>Healthy while the server listens; degraded when it can take no more connections.</summary>
internal sealed class TPacketServerHealthCheck(TPacketServer server) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!server.IsOpen)
            return Task.FromResult(new HealthCheckResult(context.Registration.FailureStatus, "The tPacket server is not listening."));
        if (server.IsSuspended)
            return Task.FromResult(HealthCheckResult.Degraded("The tPacket server accepts no connections: the process or the system is short of file descriptors or memory."));
        return Task.FromResult(server.IsFull
            ? HealthCheckResult.Degraded("The tPacket server has as many connections as TPacket:MaxConnections allows.")
            : HealthCheckResult.Healthy(server.EndPoints.Count == 0
                ? "The tPacket server takes clients from the host's HTTP server."
                : $"The tPacket server listens on {string.Join(", ", server.EndPoints)}."));
    }
}
