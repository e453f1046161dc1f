using System.Globalization;
using StackExchange.Redis;

namespace TPacket.Redis.Tests.Harness;

/// <summary>A Redis Cluster of three primaries on the loopback address.</summary>
public sealed class RedisShards : IAsyncDisposable
{
    private const int Slots = 16384;
    private const int Count = 3;

    private readonly List<RedisServer> _servers = [];

    /// <summary>The configuration string of StackExchange.Redis.</summary>
    public string Configuration => string.Join(',', _servers.Select(static server => server.Configuration));

    /// <summary>Starts the servers, assigns the slots and waits until the cluster is consistent.</summary>
    public static async Task<RedisShards> StartAsync(RedisProgram program)
    {
        var shards = new RedisShards();
        try
        {
            for (var i = 0; i < Count; i++)
            {
                shards._servers.Add(await RedisServer.StartAsync(program, static server =>
                    ["--cluster-enabled", "yes", "--cluster-port", Text(server.OtherPort), "--cluster-node-timeout", "5000"]));
            }

            await shards.JoinAsync();
            return shards;
        }
        catch
        {
            await shards.DisposeAsync();
            throw;
        }
    }

    /// <summary>Executes a command on all servers.</summary>
    public async Task ExecuteOnAllAsync(string command, params object[] arguments)
    {
        foreach (var server in _servers)
            await server.ExecuteAsync(command, arguments);
    }

    /// <summary>Moves the slot of a hash tag to the next server, as <c>redis-cli --cluster reshard</c> does.</summary>
    public async Task MoveAsync(string tag)
    {
        var connections = new List<ConnectionMultiplexer>();
        try
        {
            foreach (var server in _servers)
                connections.Add(await server.ConnectAsync());
            var servers = _servers.Zip(connections, static (server, connection) => connection.GetServer("127.0.0.1", server.Port)).ToArray();
            var slot = (int)await servers[0].ExecuteAsync("CLUSTER", "KEYSLOT", tag);
            var ids = await Task.WhenAll(servers.Select(static async server => (string)(await server.ExecuteAsync("CLUSTER", "MYID"))!));
            var ranges = (RedisResult[])(await servers[0].ExecuteAsync("CLUSTER", "SLOTS"))!;
            var owner = (string)ranges.Single(range => (int)range[0] <= slot && slot <= (int)range[1])[2][2]!;
            var from = Array.IndexOf(ids, owner);
            var to = (from + 1) % Count;
            await servers[to].ExecuteAsync("CLUSTER", "SETSLOT", slot, "IMPORTING", ids[from]);
            await servers[from].ExecuteAsync("CLUSTER", "SETSLOT", slot, "MIGRATING", ids[to]);
            while ((RedisKey[])(await servers[from].ExecuteAsync("CLUSTER", "GETKEYSINSLOT", slot, 10))! is { Length: > 0 } keys)
                await servers[from].ExecuteAsync("MIGRATE", ["127.0.0.1", _servers[to].Port, "", 0, 5000, "KEYS", .. keys.Cast<object>()]);
            foreach (var server in new[] { to, from, (to + 1) % Count })
                await servers[server].ExecuteAsync("CLUSTER", "SETSLOT", slot, "NODE", ids[to]);
        }
        finally
        {
            foreach (var connection in connections)
                await connection.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
    }

    private async Task JoinAsync()
    {
        for (var i = 0; i < Count; i++)
        {
            await _servers[i].ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", i * Slots / Count, ((i + 1) * Slots / Count) - 1);
            await _servers[i].ExecuteAsync("CLUSTER", "SET-CONFIG-EPOCH", i + 1);
            if (i > 0)
                await _servers[i].ExecuteAsync("CLUSTER", "MEET", "127.0.0.1", _servers[0].Port, _servers[0].OtherPort);
        }

        foreach (var server in _servers)
        {
            await Poll.UntilAsync(async () => (string)(await server.ExecuteAsync("CLUSTER", "INFO"))! is var info
                && info.Contains("cluster_state:ok", StringComparison.Ordinal) && info.Contains($"cluster_known_nodes:{Count}", StringComparison.Ordinal)
                && info.Contains($"cluster_size:{Count}", StringComparison.Ordinal));
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
