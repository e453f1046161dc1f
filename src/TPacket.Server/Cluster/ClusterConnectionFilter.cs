namespace TPacket.Server;

/// <summary>Selects connections. A connection must match every property that is set.</summary>
public sealed record ClusterConnectionFilter
{
    /// <summary>The <see cref="ClusterServer.Id"/> of the server; null for all servers.</summary>
    public string? Server { get; init; }

    /// <summary>The name of the room that the user is in; null to include all users.</summary>
    public string? Room { get; init; }

    /// <summary>
    /// A part of the nick, of the principal's name or of the address and port, or the whole user id; case is ignored. Null or empty for no filter.
    /// </summary>
    public string? Text { get; init; }

    /// <summary>Whether to list only connections with a backlog (<see cref="ClusterConnection.BacklogBytes"/>).</summary>
    public bool IsSlow { get; init; }
}
