using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using TPacket.Redis.Tests.Harness;
using TPacket.Samples.Tests.Harness;
using Xunit.Abstractions;

namespace TPacket.Redis.Tests.Cluster;

/// <summary>Three sample hosts behind a balancer are replaced one by one while clients talk. TPACKET_ROLLING_CLIENTS sets the number of clients (default: 50).</summary>
[Collection(nameof(ServersCollection))]
public sealed class RollingRestartTests(RedisFixture redis, ITestOutputHelper output) : IAsyncLifetime, IDisposable
{
    private const int Nodes = 3;
    private const int RoomMembers = 25;

    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(8));
    private readonly string _prefix = $"test-{Guid.NewGuid():N}";
    private readonly Balancer _balancer = new();
    private readonly SampleProcess?[] _nodes = new SampleProcess?[Nodes];

    public async Task InitializeAsync()
    {
        for (var i = 0; i < Nodes; i++)
            await StartAsync(i);
    }

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            if (node is not null)
                await node.DisposeAsync();
        }

        await _balancer.DisposeAsync();
    }

    public void Dispose() => _deadline.Dispose();

    [Fact]
    public async Task No_session_is_lost_and_nothing_is_missed_while_every_server_is_replaced()
    {
        var clients = int.Parse(Environment.GetEnvironmentVariable("TPACKET_ROLLING_CLIENTS") ?? "50", CultureInfo.InvariantCulture);
        await using var crowd = new Crowd { Pause = TimeSpan.FromMilliseconds(100), Listeners = 5 };
        var address = new Uri($"ws://{_balancer.EndPoint}/");
        foreach (var some in Enumerable.Range(0, clients).Chunk(25))
            await Task.WhenAll(some.Select(i => crowd.EnterAsync(address, $"client {i}", $"room {i / RoomMembers}")));

        var talking = crowd.TalkAsync();
        await crowd.HearMoreAsync(20);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Nodes; i++)
        {
            await ReplaceAsync(i);
            await crowd.HearMoreAsync(20);
        }

        var took = Stopwatch.GetElapsedTime(started);
        crowd.Stop();
        await talking;
        await crowd.SettleAsync();

        output.WriteLine($"{took.TotalSeconds:0.0} s. {crowd.Summary}");
        Assert.Empty(crowd.Check());
        // Every client was on one of the replaced servers.
        Assert.InRange(crowd.Resumed, clients, int.MaxValue);
    }

    private async Task ReplaceAsync(int node)
    {
        var process = _nodes[node]!;
        _nodes[node] = null;
        Balance();
        // Windows has no SIGTERM.
        if (OperatingSystem.IsWindows())
            await process.EndAsync(_deadline.Token);
        else
            Assert.Equal(0, (await process.StopAsync(PosixSignal.SIGTERM, _deadline.Token)).ExitCode);
        await process.DisposeAsync();
        await StartAsync(node);
    }

    private async Task StartAsync(int node)
    {
        _nodes[node] = await SampleProcess.StartAsync(
            SampleProcess.ConsoleHost, _deadline.Token, $"--TPacket:Redis:Configuration={redis.Server.Configuration}", $"--TPacket:Redis:KeyPrefix={_prefix}", "--TPacket:MoveOnSpread=00:00:01");
        Balance();
    }

    private void Balance() => _balancer.Use(_nodes.OfType<SampleProcess>().Select(static node => IPEndPoint.Parse(node.EndPoint)));
}
