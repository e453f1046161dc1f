using TPacket.Server;

namespace TPacket.Redis.Tests.Harness;

/// <summary>Servers that share their rooms on one Redis.</summary>
internal sealed class TestCluster(string redis, Action<TPacketServerOptions>? options, Action<ITPacketServerBuilder>? build) : IAsyncDisposable
{
    private readonly List<TestHost> _hosts = [];

    public string Prefix { get; } = $"test-{Guid.NewGuid():N}";

    public TestHost this[int index] => _hosts[index];

    public static async Task<TestCluster> StartAsync(string redis, int count, Action<TPacketServerOptions>? options = null, Action<ITPacketServerBuilder>? build = null)
    {
        var cluster = new TestCluster(redis, options, build);
        try
        {
            for (var i = 0; i < count; i++)
                await cluster.AddAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts another server.</summary>
    public async Task<TestHost> AddAsync()
    {
        var host = await TestHost.StartAsync(redis, Prefix, options, build);
        _hosts.Add(host);
        return host;
    }

    /// <summary>Replaces a server by a new one.</summary>
    public async Task ReplaceAsync(int index)
    {
        var before = _hosts[index];
        _hosts[index] = await TestHost.StartAsync(redis, Prefix, options, build);
        await before.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
        _hosts.Clear();
    }
}
