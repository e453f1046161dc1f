namespace TPacket.Server;

/// <summary>A user and its connection, as they were when their server was asked.</summary>
public sealed record ClusterConnection
{
    /// <summary>The id of the user.</summary>
    public int Id { get; init; }

    /// <summary>The nick.</summary>
    public string Nick { get; init; } = "";

    /// <summary>The name of the room that the user is in, or null.</summary>
    public string? Room { get; init; }

    /// <summary>The name by which an HTTP server knows the user, or null.</summary>
    public string? Principal { get; init; }

    /// <summary>The address of the client; null where the user is away, or the transport has none.</summary>
    public string? Address { get; init; }

    /// <summary>When the connection began, by the server's clock; null where the user is away.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Whether the user has no connection and may come back.</summary>
    public bool IsAway { get; init; }

    /// <summary>Bytes that wait because the client reads slowly; null where the client takes what it is sent.</summary>
    public int? BacklogBytes { get; init; }

    /// <summary>The <see cref="ClusterServer.Id"/> of the server.</summary>
    public string Server { get; init; } = "";
}
