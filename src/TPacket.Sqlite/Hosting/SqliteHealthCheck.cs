using Microsoft.Extensions.Diagnostics.HealthChecks;
using TPacket.Server.Sqlite.Diagnostics;

namespace TPacket.Server.Sqlite.Hosting;

/// <summary>A health check of the file: fails while commits fail, and is degraded after a part of the file was found to be damaged.</summary>
internal sealed class SqliteHealthCheck(StoreCondition condition) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (condition.Fault is { } fault)
            return Task.FromResult(new HealthCheckResult(context.Registration.FailureStatus, fault));
        return Task.FromResult(condition.Damage is { } damage ? HealthCheckResult.Degraded(damage) : HealthCheckResult.Healthy("The store commits."));
    }
}
