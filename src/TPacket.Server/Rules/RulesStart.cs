namespace TPacket.Server;

/// <summary>A room with rules begins.</summary>
/// <param name="Room">The room's name.</param>
/// <param name="Time">When it began.</param>
/// <param name="Seed">A random number of the room's own, the same on every server and at every replay.</param>
public readonly record struct RulesStart(string Room, DateTimeOffset Time, long Seed);
