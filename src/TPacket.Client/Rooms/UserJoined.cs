namespace TPacket.Client;

/// <summary>Another user has entered the room. Users who were there before the client are only in the roster.</summary>
/// <param name="User">The user.</param>
public sealed record UserJoined(RoomUser User) : ClientEvent;
