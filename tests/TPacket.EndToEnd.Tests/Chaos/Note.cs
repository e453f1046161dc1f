using TPacket.Client;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>A report of a client. Reports keep their order.</summary>
internal sealed record Note(NoteKind Kind)
{
    /// <summary>The room; null for none.</summary>
    public string? Room { get; init; }

    /// <summary>The event's offset in the log.</summary>
    public long Offset { get; init; } = -1;

    /// <summary>The event's time, in milliseconds since the Unix epoch.</summary>
    public long Time { get; init; }

    /// <summary>The event's user; 0 where the client does not know it.</summary>
    public int UserId { get; init; }

    /// <summary>The nick of that user.</summary>
    public string Nick { get; init; } = "";

    /// <summary>The text of a message.</summary>
    public string Text { get; init; } = "";

    /// <summary>The way in which the client has become ready.</summary>
    public SessionContinuity Continuity { get; init; }

    /// <summary>The members of the room.</summary>
    public IReadOnlyList<Present> Roster { get; init; } = [];
}
