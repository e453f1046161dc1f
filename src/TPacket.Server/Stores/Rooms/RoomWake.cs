namespace TPacket.Server;

/// <summary>The wake-up of a room with rules.</summary>
/// <param name="Room">The room's name.</param>
/// <param name="At">The wake-up time, in milliseconds since the Unix epoch by the store's clock.</param>
public readonly record struct RoomWake(string Room, long At);
