using TPacket.Server;

namespace TPacket.Redis.Tests.Harness;

/// <summary>Some servers that share the rooms of one Redis.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly List<TestHost> _hosts = [];

    public string Prefix { get; } = $"test-{Guid.NewGuid():N}";

    public TestHost this[int index] => _hosts[index];

    public static async Task<TestCluster> StartAsync(string redis, int count, Action<TPacketServerOptions>? options = null, Action<ITPacketServerBuilder>? build = null)
    {
        var cluster = new TestCluster();
        try
        {
            for (var i = 0; i < count; i++)
                cluster._hosts.Add(await TestHost.StartAsync(redis, cluster.Prefix, options, build));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
        _hosts.Clear();
    }
}
