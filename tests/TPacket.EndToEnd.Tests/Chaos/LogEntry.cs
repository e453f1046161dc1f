using TPacket.Server;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>An event of a room's log file.</summary>
/// <param name="Offset">The event's offset in the log.</param>
/// <param name="Check">The check of all events up to this one; differs between rooms.</param>
/// <param name="Time">Milliseconds since the Unix epoch.</param>
/// <param name="Kind">The kind of the event.</param>
/// <param name="UserId">The event's user.</param>
/// <param name="Nick">The nick of that user after the event.</param>
internal sealed record LogEntry(long Offset, ulong Check, long Time, RoomEventKind Kind, int UserId, string Nick)
{
    /// <summary>The text of a message; the old nick of a user that has changed it.</summary>
    public string Text { get; init; } = "";

    /// <summary>The cause of a leave.</summary>
    public LeaveCause Cause { get; init; }
}
