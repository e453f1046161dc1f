using Microsoft.Extensions.Hosting;

namespace TPacket.Server.Redis.Hosting;

/// <summary>Connects before the server starts, and releases the node's leases after the server has stopped.</summary>
internal sealed class RedisLifetime(RedisStore store) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => store.StartAsync();

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => store.StopAsync();
}
