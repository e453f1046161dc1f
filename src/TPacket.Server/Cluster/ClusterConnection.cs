namespace TPacket.Server;

/// <summary>A user and its connection at the time of the query.</summary>
public sealed record ClusterConnection
{
    /// <summary>The user's id.</summary>
    public int Id { get; init; }

    /// <summary>The user's nick.</summary>
    public string Nick { get; init; } = "";

    /// <summary>The name of the room that the user is in, or null.</summary>
    public string? Room { get; init; }

    /// <summary>The name of the user's principal (<see cref="IUser.Principal"/>), or null.</summary>
    public string? Principal { get; init; }

    /// <summary>The client's IP address and port; null if the user is away or the transport has no addresses.</summary>
    public string? Address { get; init; }

    /// <summary>The start of the connection by the clock of its server; null if the user is away.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Whether the user has no connection at present and may resume its session.</summary>
    public bool IsAway { get; init; }

    /// <summary>The number of bytes that are queued because the client reads slowly; null if nothing is queued.</summary>
    public int? BacklogBytes { get; init; }

    /// <summary>The <see cref="ClusterServer.Id"/> of the server.</summary>
    public string Server { get; init; } = "";
}
