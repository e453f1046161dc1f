using System.Globalization;
using TPacket.Redis.Tests.Harness;
using Xunit.Abstractions;

namespace TPacket.Redis.Tests.Cluster;

/// <summary>Redis stops responding while members on three servers talk. TPACKET_REDIS_PAUSE sets the seconds (default: 2).</summary>
[Collection(nameof(FailuresCollection))]
public sealed class PauseTests(RedisFixture redis, ITestOutputHelper output)
{
    [Fact]
    public async Task No_client_leaves_or_misses_a_message_while_Redis_is_stopped()
    {
        if (OperatingSystem.IsWindows())
            return; // Windows cannot stop a process by a signal.
        var pause = TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable("TPACKET_REDIS_PAUSE") ?? "2", CultureInfo.InvariantCulture));
        await using var server = await RedisServer.StartAsync(redis.Program);
        await CrowdScene.RunAsync(
            server.Configuration,
            output,
            async (_, crowd) =>
            {
                await crowd.HearMoreAsync(50);
                await server.FreezeAsync();
                await Task.Delay(pause);
                await server.ThawAsync();
            },
            retention: 100_000);
    }
}
