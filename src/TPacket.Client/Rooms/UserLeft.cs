namespace TPacket.Client;

/// <summary>A user has left the room.</summary>
/// <param name="User">The user.</param>
public sealed record UserLeft(RoomUser User) : ClientEvent;
