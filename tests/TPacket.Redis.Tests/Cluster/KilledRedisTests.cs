using TPacket.Redis.Tests.Harness;
using Xunit.Abstractions;

namespace TPacket.Redis.Tests.Cluster;

/// <summary>Redis is killed and restarted while members on three servers talk.</summary>
[Collection(nameof(FailuresCollection))]
public sealed class KilledRedisTests(RedisFixture redis, ITestOutputHelper output)
{
    [Fact]
    public async Task No_client_leaves_or_misses_a_message_if_Redis_persists_every_write()
    {
        await using var server = await RedisServer.StartAsync(redis.Program, "--appendonly", "yes", "--appendfsync", "always");
        await CrowdScene.RunAsync(
            server.Configuration,
            output,
            async (_, crowd) =>
            {
                for (var kill = 0; kill < 2; kill++)
                {
                    await crowd.HearMoreAsync(50);
                    await server.KillAsync();
                    await server.RestartAsync();
                }
            },
            retention: 100_000);
    }
}
