namespace TPacket.Server;

/// <summary>From which the state of a room's rules is computed: the state that was kept last, or none, and the events behind it.</summary>
/// <param name="Rules">The event that has given the room its rules.</param>
/// <param name="Position">Behind the last event that the state includes; behind <paramref name="Rules"/> where no state was kept. <see cref="IRoomLog.ReadRulesAsync"/> reads on from it.</param>
/// <param name="Version">The version of the rules that have written the state.</param>
/// <param name="State">The state, as the rules have written it; null where none was kept.</param>
public sealed record RulesBasis(RoomEvent Rules, RoomPosition Position, int Version, ReadOnlyMemory<byte>? State);
