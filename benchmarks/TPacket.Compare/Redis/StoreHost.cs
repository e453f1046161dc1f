using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TPacket.Server;

namespace TPacket.Compare.Redis;

/// <summary>A store in this process: in memory or on its own Redis.</summary>
internal sealed class StoreHost : IAsyncDisposable
{
    private const int TextBytes = 64;

    private readonly IHost _host;

    private StoreHost(string name, IHost host, RedisProcess? redis) => (Name, _host, Redis) = (name, host, redis);

    public string Name { get; }

    public RedisProcess? Redis { get; }

    public IRoomStore Store => _host.Services.GetRequiredService<IRoomStore>();

    /// <param name="name">The name for the report.</param>
    /// <param name="settings">The arguments of Redis; null for a store in memory.</param>
    /// <param name="configure">Sets options of rooms on Redis.</param>
    public static async Task<StoreHost> StartAsync(string name, string[]? settings, Action<RedisOptions>? configure = null)
    {
        var redis = settings is null ? null : new RedisProcess(settings);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var server = builder.Services.AddTPacketServer(static options => options.Port = 0);
        if (redis is not null)
            server.UseRedis(redis.Configuration, configure);
        var host = builder.Build();
        try
        {
            await host.StartAsync();
            return new StoreHost(name, host, redis);
        }
        catch
        {
            host.Dispose();
            redis?.Dispose();
            throw;
        }
    }

    /// <summary>Creates an append of a number of messages.</summary>
    public static RoomAppend Events(int count) => new(Enumerable.Range(0, count).Select(static _ => RoomEvent.Announcement(new byte[TextBytes])).ToArray());

    public async Task<StoreMeasurement> PaceAsync(int rooms, double rate, TimeSpan duration)
    {
        var logs = await StoreLoad.OpenAsync(Store, rooms);
        var measured = await PaceAsync(logs, rate, duration);
        foreach (var log in logs)
            await log.DisposeAsync();
        return measured;
    }

    /// <summary>Appends to rooms in turn at an even rate.</summary>
    public async Task<StoreMeasurement> PaceAsync(IReadOnlyList<IRoomLog> logs, double rate, TimeSpan duration)
    {
        var (node, redis, allocated) = (ProcessorTime(), Redis?.ProcessorTime ?? default, GC.GetTotalAllocatedBytes());
        var (reached, latencies) = await StoreLoad.PaceAsync(logs, rate, duration);
        var count = (double)latencies.Length;
        return new StoreMeasurement(
            (ProcessorTime() - node).TotalMicroseconds / count, ((Redis?.ProcessorTime ?? default) - redis).TotalMicroseconds / count, (GC.GetTotalAllocatedBytes() - allocated) / count,
            reached, StoreLoad.At(latencies, 0.5), StoreLoad.At(latencies, 0.99));
    }

    /// <summary>Measures the processor time in ms per second without appends.</summary>
    public async Task<(double Node, double Redis)> RestAsync(TimeSpan duration)
    {
        var (node, redis) = (ProcessorTime(), Redis?.ProcessorTime ?? default);
        await Task.Delay(duration);
        return ((ProcessorTime() - node).TotalMilliseconds / duration.TotalSeconds, ((Redis?.ProcessorTime ?? default) - redis).TotalMilliseconds / duration.TotalSeconds);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        Redis?.Dispose();
    }

    private static TimeSpan ProcessorTime()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }
}
