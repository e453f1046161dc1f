using TPacket.Client;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>One thing that a client has reported, in the order in which it has.</summary>
internal sealed record Note(NoteKind Kind)
{
    /// <summary>The room; null for none.</summary>
    public string? Room { get; init; }

    /// <summary>The event's place in the log.</summary>
    public long Offset { get; init; } = -1;

    /// <summary>The event's time, in milliseconds since the Unix epoch.</summary>
    public long Time { get; init; }

    /// <summary>The user that it concerns; 0 where the client does not know.</summary>
    public int UserId { get; init; }

    /// <summary>The nick of that user.</summary>
    public string Nick { get; init; } = "";

    /// <summary>The text of a message.</summary>
    public string Text { get; init; } = "";

    /// <summary>How the client has become ready.</summary>
    public SessionContinuity Continuity { get; init; }

    /// <summary>The members of the room.</summary>
    public IReadOnlyList<Present> Roster { get; init; } = [];
}
