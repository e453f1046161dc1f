namespace TPacket.Server;

/// <summary>A room as it stands right after one event. The arrays and their data belong to whoever asked.</summary>
/// <param name="Offset">The offset of that event.</param>
/// <param name="Members">Everybody in the room.</param>
/// <param name="History">What newcomers are shown, oldest first.</param>
public sealed record RoomSnapshot(long Offset, IReadOnlyList<RoomMember> Members, IReadOnlyList<RoomEvent> History);
