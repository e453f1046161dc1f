using Xunit.Abstractions;

namespace TPacket.Redis.Tests.Harness;

/// <summary>The Redis Cluster of a collection. Each test uses its own key prefix.</summary>
public sealed class ShardsFixture(IMessageSink console) : IAsyncLifetime
{
    public RedisShards Shards { get; private set; } = null!;

    public async Task InitializeAsync() => Shards = await RedisShards.StartAsync(await RedisFixture.FindProgramAsync(console));

    public async Task DisposeAsync()
    {
        if (Shards is not null)
            await Shards.DisposeAsync();
    }
}
