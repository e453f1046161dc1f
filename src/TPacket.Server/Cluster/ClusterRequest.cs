namespace TPacket.Server.Cluster;

/// <summary>A request of one server to the other servers.</summary>
/// <param name="Kind">The kind, which determines the properties that are used.</param>
internal sealed record ClusterRequest(ClusterRequestKind Kind)
{
    /// <summary>The id of a user, or of the last user of the previous page.</summary>
    public int Id { get; init; }

    /// <summary>A nick, the reason of a disconnect, an announcement, the id of a server, or the last room name of the previous page.</summary>
    public string? Text { get; init; }

    /// <summary>The command of a packet.</summary>
    public int Command { get; init; }

    public int P1 { get; init; }

    public int P2 { get; init; }

    /// <summary>The data of a packet, or the hash of a principal.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The maximum number of rooms in a page.</summary>
    public int MaxRooms { get; init; }

    /// <summary>The name of a room.</summary>
    public string? Room { get; init; }

    /// <summary>The filter of a page of connections.</summary>
    public ClusterConnectionFilter? Filter { get; init; }

    /// <summary>The maximum number of connections in a page.</summary>
    public int MaxConnections { get; init; }
}
