using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TPacket.Server;
using TPacket.Server.Redis;
using TPacket.Server.Redis.Diagnostics;
using TPacket.Server.Redis.Options;

namespace TPacket.Redis.Tests.Harness;

/// <summary>The stores of a test. They share a key prefix that no other test uses.</summary>
internal sealed class TestStores(string redis)
{
    private readonly string _prefix = $"test-{Guid.NewGuid():N}";
    private int _places;

    /// <summary>The factory of the stores' meters.</summary>
    public IMeterFactory Meters { get; } = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    /// <summary>The key prefix of the latest place.</summary>
    public string Prefix => $"{_prefix}-{_places}";

    /// <summary>Opens a store at a new, empty place.</summary>
    public Task<RedisStore> CreateAsync(Action<RedisOptions>? configure = null, TimeProvider? time = null)
    {
        _places++;
        return OpenAsync(configure, time);
    }

    /// <summary>Opens another store at the same place.</summary>
    public async Task<RedisStore> OpenAsync(Action<RedisOptions>? configure = null, TimeProvider? time = null)
    {
        var options = new RedisOptions
        {
            Configuration = redis,
            KeyPrefix = Prefix,
            RetentionMessages = 100,
            NodeLease = TimeSpan.FromSeconds(5),
            RenewalPeriod = TimeSpan.FromSeconds(0.5),
            SweepPeriod = TimeSpan.FromSeconds(0.25),
        };
        configure?.Invoke(options);
        var store = new RedisStore(new StoreSettings(Options.Create(options), Options.Create(new TPacketServerOptions())), new RedisMetrics(Meters), time ?? TimeProvider.System, NullLogger<RedisStore>.Instance);
        try
        {
            await store.StartAsync();
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }
}
