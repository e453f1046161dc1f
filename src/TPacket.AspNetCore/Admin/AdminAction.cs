namespace TPacket.AspNetCore.Admin;

/// <summary>The body of an action; each reads what it needs.</summary>
internal sealed record AdminAction
{
    /// <summary>The name of a room; for an announcement null, which means all rooms.</summary>
    public string? Room { get; init; }

    /// <summary>The text of an announcement, or the reason that a user is given.</summary>
    public string? Text { get; init; }

    /// <summary>The id of a user.</summary>
    public int? User { get; init; }

    /// <summary>The id of a server.</summary>
    public string? Server { get; init; }
}
