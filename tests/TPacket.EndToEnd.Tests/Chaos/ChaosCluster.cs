using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;
using TPacket.Redis.Tests.Harness;
using TPacket.Samples.Tests.Harness;
using TPacket.Server;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>Three console hosts that share one Redis, behind a balancer. The run stops and kills one host at a time, and Redis, which persists every acknowledged write.</summary>
/// <param name="program">The path of redis-server.</param>
/// <param name="killsRedis">Whether the run also kills Redis.</param>
/// <param name="moved">Receives the address of the balancer.</param>
internal sealed class ChaosCluster(RedisProgram program, bool killsRedis, Action<IPEndPoint?> moved) : IChaosServer
{
    private const int Nodes = 3;

    // One of this many kills is the kill of Redis.
    private const int RedisPeriod = 2;

    private static readonly TimeSpan _lease = TimeSpan.FromSeconds(5);

    private readonly Balancer _balancer = new();
    private readonly List<string> _errors = [];
    private readonly SampleProcess?[] _nodes = new SampleProcess?[Nodes];
    private RedisServer? _redis;
    private int _kills;
    private int _redisKills;
    private int _drains;

    public IPEndPoint? EndPoint => _balancer.EndPoint;

    public bool IsUp { get; private set; }

    public IReadOnlyList<string> Errors => _errors;

    public string Summary => $"{_kills - _redisKills} kills of a node, {_redisKills} of Redis, {_drains} drains of a node";

    public async Task StartAsync(CancellationToken deadline)
    {
        _redis = await RedisServer.StartAsync(program, "--appendonly", "yes", "--appendfsync", "always");
        for (var i = 0; i < Nodes; i++)
            await StartAsync(i, deadline);
        IsUp = true;
        moved(EndPoint);
    }

    public async Task DrainAsync(CancellationToken deadline)
    {
        var node = _drains++ % Nodes;
        await StopAsync(node, deadline);
        await StartAsync(node, deadline);
    }

    public async Task KillAsync(CancellationToken deadline)
    {
        if (_kills++ % RedisPeriod == RedisPeriod - 1 && killsRedis)
        {
            _redisKills++;
            await _redis!.KillAsync();
            await _redis.RestartAsync();
            return;
        }

        var node = _kills % Nodes;
        var process = Take(node);
        await EndAsync(process, await process.EndAsync(deadline));
        await StartAsync(node, deadline);
    }

    public async Task StopAsync(CancellationToken deadline)
    {
        IsUp = false;
        for (var i = 0; i < Nodes; i++)
            await StopAsync(i, deadline);
    }

    public async Task<IReadOnlyDictionary<string, RoomLog>> ReadAsync(IReadOnlyList<string> rooms, CancellationToken deadline)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddTPacketServer(static options => (options.Address, options.Port) = ("127.0.0.1", 0)).UseRedis(_redis!.Configuration, Configure);
        using var host = builder.Build();
        await host.StartAsync(deadline);
        try
        {
            // No log shows the end of a client that is in no room.
            await using var connection = await ConnectionMultiplexer.ConnectAsync(_redis.Configuration);
            while (await connection.GetDatabase().HashLengthAsync("tpacket:{s}:sessions") > 0)
                await Task.Delay(TimeSpan.FromMilliseconds(50), deadline);
            return await ChaosLogs.ReadAsync(host.Services.GetRequiredService<IRoomStore>(), rooms, deadline);
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            if (node is not null)
                await node.DisposeAsync();
        }

        await _balancer.DisposeAsync();
        if (_redis is not null)
            await _redis.DisposeAsync();
    }

    private static void Configure(RedisOptions options)
    {
        (options.NodeLease, options.RenewalPeriod, options.SweepPeriod) = (_lease, _lease / 10, _lease / 20);
        (options.RetentionMessages, options.RetentionBytes) = (1_000_000, 1 << 30);
    }

    private async Task StartAsync(int node, CancellationToken deadline)
    {
        var options = new RedisOptions();
        Configure(options);
        _nodes[node] = await SampleProcess.StartAsync(
            SampleProcess.ConsoleHost,
            deadline,
            $"--TPacket:Redis:Configuration={_redis!.Configuration}",
            $"--TPacket:Redis:NodeLease={options.NodeLease}",
            $"--TPacket:Redis:RenewalPeriod={options.RenewalPeriod}",
            $"--TPacket:Redis:SweepPeriod={options.SweepPeriod}",
            $"--TPacket:Redis:RetentionMessages={options.RetentionMessages}",
            $"--TPacket:Redis:RetentionBytes={options.RetentionBytes}",
            "--TPacket:AllowNickChange=true",
            "--TPacket:AllowRoomChange=true",
            // Clients that were disconnected for long get a snapshot.
            "--TPacket:ReplayEvents=60",
            "--TPacket:MoveOnSpread=00:00:00.5",
            "--TPacket:PingAfterIdle=00:00:01",
            "--TPacket:PongTimeout=00:00:04");
        Balance();
    }

    private async Task StopAsync(int node, CancellationToken deadline)
    {
        var process = Take(node);
        var ended = OperatingSystem.IsWindows() ? null : await process.StopAsync(PosixSignal.SIGTERM, deadline);
        await EndAsync(process, ended?.Output ?? await process.EndAsync(deadline));
        Assert.Equal(0, ended?.ExitCode ?? 0);
    }

    /// <summary>Removes a node from the balancer.</summary>
    private SampleProcess Take(int node)
    {
        var process = _nodes[node]!;
        _nodes[node] = null;
        Balance();
        return process;
    }

    private async Task EndAsync(SampleProcess process, string output)
    {
        _errors.AddRange(output.Split('\n').Where(static line => line.Contains(" fail: ", StringComparison.Ordinal) || line.Contains(" crit: ", StringComparison.Ordinal)));
        await process.DisposeAsync();
    }

    private void Balance() => _balancer.Use(_nodes.OfType<SampleProcess>().Select(static node => IPEndPoint.Parse(node.EndPoint)));
}
