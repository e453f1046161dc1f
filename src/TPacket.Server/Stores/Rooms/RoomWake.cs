namespace TPacket.Server;

/// <summary>A room whose rules want to be woken.</summary>
/// <param name="Room">The room's name.</param>
/// <param name="At">When, in milliseconds since the Unix epoch by the store's clock.</param>
public readonly record struct RoomWake(string Room, long At);
