namespace TPacket.Server.Cluster;

/// <summary>The response of one server to a <see cref="ClusterRequest"/>.</summary>
internal sealed record ClusterResponse
{
    /// <summary>The response of a server that finds nothing or does not know the request.</summary>
    public static ClusterResponse None { get; } = new();

    /// <summary>The user that was found.</summary>
    public ClusterUser? User { get; init; }

    /// <summary>Whether the server has carried out the request, such as enqueuing a packet or disconnecting a user.</summary>
    public bool IsDone { get; init; }

    /// <summary>A page of rooms.</summary>
    public IReadOnlyList<ClusterRoom>? Rooms { get; init; }

    /// <summary>The counts of this server.</summary>
    public ClusterCounts? Counts { get; init; }

    /// <summary>The status of this server.</summary>
    public ClusterServer? Server { get; init; }

    /// <summary>A page of connections.</summary>
    public IReadOnlyList<ClusterConnection>? Connections { get; init; }

    /// <summary>The number of rooms that receive an announcement, or of members that are removed.</summary>
    public int Number { get; init; }
}
