namespace TPacket.Client;

/// <summary>Somebody has come. Those that were there before the client are in the roster without this.</summary>
/// <param name="User">Who.</param>
public sealed record UserJoined(RoomUser User) : ClientEvent;
