namespace TPacket.Server;

/// <summary>A stretch of a room's log.</summary>
/// <param name="IsComplete">False when events between the offset that was asked for and the first one here are not kept any more.</param>
/// <param name="NextOffset">Where to read on; the log's end when nothing more is there.</param>
/// <param name="Events">The events in their order; their data belong to whoever asked.</param>
public sealed record RoomPage(bool IsComplete, long NextOffset, IReadOnlyList<RoomEvent> Events);
