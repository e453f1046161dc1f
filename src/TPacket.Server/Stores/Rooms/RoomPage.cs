namespace TPacket.Server;

/// <summary>A page of a room's log.</summary>
/// <param name="IsGone">
/// Whether the log cannot continue from the requested position: it has dropped a later event,
/// or has another epoch or check at the position. The page then has no events.
/// </param>
/// <param name="Position">The position after the last event of the page, from which the next page begins.</param>
/// <param name="Events">The events in order, without a gap; empty at the end of the log. Their data belongs to the receiver.</param>
public sealed record RoomPage(bool IsGone, RoomPosition Position, IReadOnlyList<RoomEvent> Events);
