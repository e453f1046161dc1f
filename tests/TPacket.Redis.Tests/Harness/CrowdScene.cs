using Microsoft.Extensions.DependencyInjection;
using TPacket.Server;
using Xunit.Abstractions;

namespace TPacket.Redis.Tests.Harness;

/// <summary>Nine clients on three servers talk in one room while something happens to Redis.</summary>
internal static class CrowdScene
{
    private const int Servers = 3;
    private const int Clients = 9;

    /// <summary>The room in which all clients are.</summary>
    public const string Room = "lobby";

    /// <summary>Runs the scene. Asserts that no client has lost its session, missed a message or received one out of order.</summary>
    /// <param name="redis">The configuration string of Redis.</param>
    /// <param name="output">Receives a summary.</param>
    /// <param name="act">Acts while the clients talk.</param>
    /// <param name="retention">The number of messages that the log keeps. A server that reconnects later than the others reads the messages that it missed from there.</param>
    public static async Task RunAsync(string redis, ITestOutputHelper output, Func<TestCluster, Crowd, Task> act, int retention = 1_000)
    {
        await using var cluster = await TestCluster.StartAsync(redis, Servers, build: builder => builder.Services.Configure<RedisOptions>(options => options.RetentionMessages = retention));
        await using var crowd = new Crowd();
        for (var i = 0; i < Clients; i++)
            await crowd.EnterAsync(cluster[i % Servers].Address, $"client {i}", Room);

        var talking = crowd.TalkAsync();
        await act(cluster, crowd);
        await crowd.HearMoreAsync(50);
        crowd.Stop();
        await talking;
        await crowd.SettleAsync();

        output.WriteLine(crowd.Summary);
        Assert.Empty(crowd.Check());
    }
}
