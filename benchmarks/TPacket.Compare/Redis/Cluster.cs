using System.Net;

namespace TPacket.Compare.Redis;

/// <summary>Servers that share rooms on a Redis.</summary>
/// <param name="Name">The name for the report.</param>
/// <param name="Redis">The servers' own Redis; null for none.</param>
/// <param name="Nodes">The servers, all on the same processor.</param>
/// <param name="CreateClient">Creates a member of a room.</param>
internal sealed record Cluster(string Name, RedisProcess? Redis, IReadOnlyList<ServerProcess> Nodes, Func<Load, PacedMember, PacedClient> CreateClient) : IDisposable
{
    public IReadOnlyList<IPEndPoint> EndPoints => [.. Nodes.Select(static node => node.EndPoint)];

    /// <summary>The path of the connections.</summary>
    public string Path { get; private init; } = "/";

    /// <summary>The processor time of all nodes so far.</summary>
    public TimeSpan ProcessorTime => Nodes.Aggregate(TimeSpan.Zero, static (sum, node) => sum + node.ProcessorTime);

    /// <summary>Starts a server with rooms in memory.</summary>
    public static Cluster InMemory() => new("memory", null, [Programs.ConsoleHost([])], static (load, member) => new PacedRoomClient(load, member));

    /// <summary>Starts servers with rooms on Redis.</summary>
    /// <param name="nodes">The number of servers.</param>
    /// <param name="interval">The time between two deliveries in ms.</param>
    public static Cluster OnRedis(int nodes, int interval = 0)
    {
        var redis = new RedisProcess();
        return new(
            $"Redis, {nodes} {(nodes == 1 ? "node" : "nodes")}{(interval == 0 ? "" : $", every {interval} ms")}",
            redis,
            Start(nodes, () => Programs.ConsoleHost($"--TPacket:Redis:Configuration={redis.Configuration}", $"--TPacket:Redis:DeliveryInterval=00:00:00.{interval:D3}")),
            static (load, member) => new PacedRoomClient(load, member));
    }

    /// <summary>Starts SignalR servers with Redis as their backplane.</summary>
    public static Cluster OfSignalR(int nodes, bool isBinary)
    {
        var redis = new RedisProcess();
        return new(
            $"SignalR, {nodes} {(nodes == 1 ? "node" : "nodes")}, {(isBinary ? "MessagePack" : "JSON")}", redis, Start(nodes, () => Programs.SignalR(redis.Configuration)),
            isBinary ? static (load, member) => new SignalRBinaryClient(load, member) : static (load, member) => new SignalRTextClient(load, member))
        {
            Path = "/hub",
        };
    }

    public void Dispose()
    {
        foreach (var node in Nodes)
            node.Dispose();
        Redis?.Dispose();
    }

    private static List<ServerProcess> Start(int count, Func<ServerProcess> start) => [.. Enumerable.Range(0, count).Select(_ => start())];
}
