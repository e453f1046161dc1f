namespace TPacket.Client;

/// <summary>Another user who was away has a connection again.</summary>
/// <param name="User">The user, who is no longer away.</param>
public sealed record UserReturned(RoomUser User) : ClientEvent;
