using System.Globalization;

namespace TPacket.Redis.Tests.Harness;

/// <summary>A primary, a replica that a test can have miss the last writes, and a Sentinel.</summary>
internal sealed class RedisReplication : IAsyncDisposable
{
    private const string Service = "tpacket-test";

    private readonly RedisServer _primary;
    private readonly RedisServer _replica;
    private readonly RedisServer _sentinel;

    private RedisReplication(RedisServer primary, RedisServer replica, RedisServer sentinel) => (_primary, _replica, _sentinel) = (primary, replica, sentinel);

    /// <summary>As StackExchange.Redis takes it.</summary>
    public string Configuration => $"{_sentinel.Configuration},serviceName={Service}";

    /// <summary>The same without the Sentinel: the connection to the replica exists before it becomes the primary.</summary>
    public string Servers => $"{_primary.Configuration},{_replica.Configuration}";

    /// <summary>Starts them, and waits until the Sentinel knows the replica.</summary>
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

    /// <summary>Has the replica miss whatever is written from here on.</summary>
    public async Task CutReplicaAsync()
    {
        await using var connection = await _primary.ConnectAsync();
        var primary = connection.GetServers()[0];
        // What was written before is there: WAIT is about the last write of its own connection.
        await primary.ExecuteAsync("SET", "tpacket-test-written", "1");
        await Poll.UntilAsync(async () => (long)await primary.ExecuteAsync("WAIT", 1, 1000) == 1);
        await _replica.FreezeAsync();
        await primary.ExecuteAsync("CLIENT", "KILL", "TYPE", "replica");
    }

    /// <summary>Kills the primary; the Sentinel makes the replica the primary.</summary>
    public async Task FailOverAsync()
    {
        await _primary.KillAsync();
        await _replica.ThawAsync();
        // The Sentinel ends connections to it, so that nobody is asked.
        await Poll.UntilAsync(() => _replica.Log.Contains("MASTER MODE enabled", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await _sentinel.DisposeAsync();
        await _replica.DisposeAsync();
        await _primary.DisposeAsync();
    }
}
