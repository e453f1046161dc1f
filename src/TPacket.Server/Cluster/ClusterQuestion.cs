namespace TPacket.Server.Cluster;

/// <summary>A question of one server to the others.</summary>
/// <param name="Kind">Says which of the rest counts.</param>
internal sealed record ClusterQuestion(ClusterQuestionKind Kind)
{
    /// <summary>The id of a user, or of the last user before a page.</summary>
    public int Id { get; init; }

    /// <summary>A nick, the reason of a disconnect, an announcement, the id of a server, or the name of the room before a page.</summary>
    public string? Text { get; init; }

    public int Command { get; init; }

    public int P1 { get; init; }

    public int P2 { get; init; }

    /// <summary>The data of a packet, or the hash of a principal.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Most rooms of a page.</summary>
    public int MaxRooms { get; init; }

    /// <summary>The name of a room.</summary>
    public string? Room { get; init; }

    /// <summary>Which connections.</summary>
    public ClusterConnectionFilter? Filter { get; init; }

    /// <summary>Most connections of a page.</summary>
    public int MaxConnections { get; init; }
}
