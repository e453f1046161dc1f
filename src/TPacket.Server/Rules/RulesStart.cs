namespace TPacket.Server;

/// <summary>The start of a room with rules.</summary>
/// <param name="Room">The room's name.</param>
/// <param name="Time">The time of the start by the store's clock.</param>
/// <param name="Seed">A random number of the room. It is the same on every server and at every replay, and cannot be guessed from other rooms.</param>
public readonly record struct RulesStart(string Room, DateTimeOffset Time, long Seed);
