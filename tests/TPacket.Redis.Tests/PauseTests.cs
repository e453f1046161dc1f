using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using TPacket.Redis.Tests.Harness;
using TPacket.Server;
using Xunit.Abstractions;

namespace TPacket.Redis.Tests;

/// <summary>Redis stands still while members on three servers talk. TPACKET_REDIS_PAUSE says for how many seconds (2 where it is not set).</summary>
[Collection(nameof(RedisCollection))]
public sealed class PauseTests(RedisFixture redis, ITestOutputHelper output)
{
    [Fact]
    public async Task Nobody_leaves_and_nothing_is_missed_while_Redis_stands_still()
    {
        if (OperatingSystem.IsWindows())
            return; // It has no signals to send.
        var pause = TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable("TPACKET_REDIS_PAUSE") ?? "2", CultureInfo.InvariantCulture));
        await using var server = await RedisServer.StartAsync(redis.Program);
        // A server that comes back a second later than the others reads what they have said.
        await using var cluster = await TestCluster.StartAsync(server.Configuration, 3, build: static builder => builder.Services.Configure<RedisOptions>(static options => options.RetentionMessages = 100_000));
        await using var crowd = new Crowd();
        for (var i = 0; i < 9; i++)
            await crowd.EnterAsync(cluster[i % 3].Address, $"client {i}", "lobby");

        var talking = crowd.TalkAsync();
        await crowd.HearMoreAsync(50);
        await server.FreezeAsync();
        await Task.Delay(pause);
        await server.ThawAsync();
        await crowd.HearMoreAsync(50);
        crowd.Stop();
        await talking;
        await crowd.SettleAsync();

        output.WriteLine($"A pause of {pause.TotalSeconds} s. {crowd.Summary}");
        Assert.Empty(crowd.Check());
    }
}
