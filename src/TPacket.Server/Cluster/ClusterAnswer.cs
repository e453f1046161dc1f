namespace TPacket.Server.Cluster;

/// <summary>The answer of one server to a question.</summary>
internal sealed record ClusterAnswer
{
    /// <summary>The answer of a server that does not have what it was asked for, or does not know the question.</summary>
    public static ClusterAnswer None { get; } = new();

    /// <summary>The user who was looked for.</summary>
    public ClusterUser? User { get; init; }

    /// <summary>Whether a packet was enqueued, or a user disconnected.</summary>
    public bool IsDone { get; init; }

    /// <summary>A page of rooms.</summary>
    public IReadOnlyList<ClusterRoom>? Rooms { get; init; }

    /// <summary>What this server counts.</summary>
    public ClusterCounts? Counts { get; init; }

    /// <summary>This server.</summary>
    public ClusterServer? Server { get; init; }

    /// <summary>A page of connections.</summary>
    public IReadOnlyList<ClusterConnection>? Connections { get; init; }

    /// <summary>Rooms that an announcement goes to, or members that are removed.</summary>
    public int Number { get; init; }
}
