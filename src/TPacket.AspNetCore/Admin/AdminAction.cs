namespace TPacket.AspNetCore.Admin;

/// <summary>The body of an action. Each action uses some of the properties.</summary>
internal sealed record AdminAction
{
    /// <summary>The name of a room; null for an announcement to all rooms.</summary>
    public string? Room { get; init; }

    /// <summary>The text of an announcement, or the reason that a user receives.</summary>
    public string? Text { get; init; }

    /// <summary>The id of a user.</summary>
    public int? User { get; init; }

    /// <summary>The id of a server.</summary>
    public string? Server { get; init; }
}
