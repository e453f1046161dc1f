using TPacket.Server;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>An event of a room's log, as the file has it.</summary>
/// <param name="Offset">The event's place in the log.</param>
/// <param name="Check">Stands for everything up to this event; differs between rooms.</param>
/// <param name="Time">Milliseconds since the Unix epoch.</param>
/// <param name="Kind">What happened.</param>
/// <param name="UserId">Whom it concerns.</param>
/// <param name="Nick">The nick of that user behind the event.</param>
internal sealed record LogEntry(long Offset, ulong Check, long Time, RoomEventKind Kind, int UserId, string Nick)
{
    /// <summary>The text of a message; the old nick where the user took another.</summary>
    public string Text { get; init; } = "";

    /// <summary>Why the user left.</summary>
    public LeaveCause Cause { get; init; }
}
