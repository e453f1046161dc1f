namespace TPacket.Server;

/// <summary>Says which connections to list: those to which all of this applies.</summary>
public sealed record ClusterConnectionFilter
{
    /// <summary>The <see cref="ClusterServer.Id"/> of their server; null for all servers.</summary>
    public string? Server { get; init; }

    /// <summary>The name of the room that their users are in; null for any or none.</summary>
    public string? Room { get; init; }

    /// <summary>A part of the nick, of the principal's name or of the address, or the whole id of the user; upper and lower case count as the same. Null for any.</summary>
    public string? Text { get; init; }

    /// <summary>Whether only those are listed whose clients read slowly.</summary>
    public bool IsSlow { get; init; }
}
