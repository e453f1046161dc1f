namespace TPacket.Server;

/// <summary>The state of a room's rules that was written last, or none, and its position in the log. The events behind it lead to the state now.</summary>
/// <param name="Rules">The event that has given the room its rules.</param>
/// <param name="Position">Behind the last event that the state includes; behind <paramref name="Rules"/> where no state was kept. <see cref="IRoomLog.ReadRulesAsync"/> reads on from it.</param>
/// <param name="Version">The version of the rules that have written the state.</param>
/// <param name="State">The state, as the rules have written it; null where none was kept.</param>
public sealed record RulesBasis(RoomEvent Rules, RoomPosition Position, int Version, ReadOnlyMemory<byte>? State);
