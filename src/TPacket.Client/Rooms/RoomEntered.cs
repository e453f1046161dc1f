namespace TPacket.Client;

/// <summary>
/// The client has entered a room, and the roster is complete. The messages of the history follow. They replace all earlier events of the room.
/// </summary>
/// <param name="Room">The name of the room.</param>
/// <param name="IsReentry">Whether the client was in this room before: after a reconnect, or because the server has reset the room's log.</param>
public sealed record RoomEntered(string Room, bool IsReentry) : ClientEvent;
