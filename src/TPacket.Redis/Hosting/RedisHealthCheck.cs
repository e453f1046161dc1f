using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TPacket.Server.Redis.Hosting;

/// <summary>A health check of the node: healthy while the node renews its lease.</summary>
internal sealed class RedisHealthCheck(RedisStore store) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        store.Node is { IsServing: true }
            ? HealthCheckResult.Healthy("The node renews its lease.")
            : new HealthCheckResult(context.Registration.FailureStatus, "The node cannot renew its lease: Redis does not answer, or another node has removed the lease."));
}
