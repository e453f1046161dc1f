namespace TPacket.Client;

/// <summary>Somebody has gone.</summary>
/// <param name="User">Who.</param>
public sealed record UserLeft(RoomUser User) : ClientEvent;
