namespace TPacket.Client;

/// <summary>The client is in the room, and the roster complete. What was heard of the room before is past: its history follows.</summary>
/// <param name="Room">The name of the room.</param>
/// <param name="Again">Whether this is the same room: after a reconnect, or because the server has begun the room's log anew.</param>
public sealed record RoomEntered(string Room, bool Again) : ClientEvent;
