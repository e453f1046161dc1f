using Microsoft.Extensions.DependencyInjection;
using TPacket.Redis.Tests.Harness;
using TPacket.Server;
using Xunit.Abstractions;

namespace TPacket.Redis.Tests;

/// <summary>Redis is killed and started again while members on three servers talk.</summary>
[Collection(nameof(RedisCollection))]
public sealed class KilledRedisTests(RedisFixture redis, ITestOutputHelper output)
{
    [Fact]
    public async Task Nobody_leaves_and_nothing_is_missed_where_Redis_writes_everything_down()
    {
        await using var server = await RedisServer.StartAsync(redis.Program, "--appendonly", "yes", "--appendfsync", "always");
        // A server that comes back a second later than the others reads what they have said.
        await using var cluster = await TestCluster.StartAsync(server.Configuration, 3, build: static builder => builder.Services.Configure<RedisOptions>(static options => options.RetentionMessages = 100_000));
        await using var crowd = new Crowd();
        for (var i = 0; i < 9; i++)
            await crowd.EnterAsync(cluster[i % 3].Address, $"client {i}", "lobby");

        var talking = crowd.TalkAsync();
        for (var kill = 0; kill < 2; kill++)
        {
            await crowd.HearMoreAsync(50);
            await server.KillAsync();
            await server.RestartAsync();
        }

        await crowd.HearMoreAsync(50);
        crowd.Stop();
        await talking;
        await crowd.SettleAsync();

        output.WriteLine(crowd.Summary);
        Assert.Empty(crowd.Check());
    }
}
