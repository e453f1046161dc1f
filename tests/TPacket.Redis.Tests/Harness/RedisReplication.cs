using System.Globalization;

namespace TPacket.Redis.Tests.Harness;

/// <summary>A primary, a replica that a test can cut off, and a Sentinel.</summary>
internal sealed class RedisReplication : IAsyncDisposable
{
    private const string Service = "tpacket-test";

    private readonly RedisServer _primary;
    private readonly RedisServer _replica;
    private readonly RedisServer _sentinel;

    private RedisReplication(RedisServer primary, RedisServer replica, RedisServer sentinel) => (_primary, _replica, _sentinel) = (primary, replica, sentinel);

    /// <summary>The configuration string of StackExchange.Redis.</summary>
    public string Configuration => $"{_sentinel.Configuration},serviceName={Service}";

    /// <summary>The configuration string without the Sentinel. Connects to the replica before it becomes the primary.</summary>
    public string Servers => $"{_primary.Configuration},{_replica.Configuration}";

    /// <summary>Starts the three and waits until the Sentinel knows the replica.</summary>
    public static async Task<RedisReplication> StartAsync(RedisProgram program)
    {
        var primary = await RedisServer.StartAsync(program, "--repl-diskless-sync-delay", "0");
        var replica = await RedisServer.StartAsync(program, "--replicaof", "127.0.0.1", primary.Port.ToString(CultureInfo.InvariantCulture));
        var sentinel = await RedisServer.StartSentinelAsync(program, Service, primary);
        var replication = new RedisReplication(primary, replica, sentinel);
        try
        {
            await Poll.UntilAsync(() => replica.Log.Contains("sync: Finished with success", StringComparison.Ordinal));
            await Poll.UntilAsync(() => sentinel.Log.Contains($"+slave slave 127.0.0.1:{replica.Port}", StringComparison.Ordinal));
            return replication;
        }
        catch
        {
            await replication.DisposeAsync();
            throw;
        }
    }

    /// <summary>Cuts the replica off, so that it misses all later writes.</summary>
    public async Task CutReplicaAsync()
    {
        await using var connection = await _primary.ConnectAsync();
        var primary = connection.GetServers()[0];
        // WAIT covers the last write of its own connection, so write a key first. The replica then has all earlier writes.
        await primary.ExecuteAsync("SET", "tpacket-test-written", "1");
        await Poll.UntilAsync(async () => (long)await primary.ExecuteAsync("WAIT", 1, 1000) == 1);
        await _replica.FreezeAsync();
        await primary.ExecuteAsync("CLIENT", "KILL", "TYPE", "replica");
    }

    /// <summary>Kills the primary and waits until the Sentinel has promoted the replica.</summary>
    public async Task FailOverAsync()
    {
        await _primary.KillAsync();
        await _replica.ThawAsync();
        // The log shows the promotion. A connection could not: the Sentinel closes the replica's connections.
        try
        {
            await Poll.UntilAsync(() => _replica.Log.Contains("MASTER MODE enabled", StringComparison.Ordinal));
        }
        catch (OperationCanceledException e)
        {
            throw new InvalidOperationException($"The Sentinel has promoted no replica.\n{_sentinel.Log}\n{_replica.Log}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _sentinel.DisposeAsync();
        await _replica.DisposeAsync();
        await _primary.DisposeAsync();
    }
}
