namespace TPacket.Server;

/// <summary>A stretch of a room's log.</summary>
/// <param name="IsGone">
/// Whether the log cannot continue the position that was asked for: an event behind it was dropped, or the log has another epoch or check there. There are no events then.
/// </param>
/// <param name="Position">Behind the last event of the page: the position to read on from.</param>
/// <param name="Events">The events in their order, without a gap; none when the position is the log's end. Their data belongs to the receiver.</param>
public sealed record RoomPage(bool IsGone, RoomPosition Position, IReadOnlyList<RoomEvent> Events);
