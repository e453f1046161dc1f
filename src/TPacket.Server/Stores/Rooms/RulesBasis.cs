namespace TPacket.Server;

/// <summary>The last stored state of a room's rules, and its position in the log. The later events of the log lead to the current state.</summary>
/// <param name="Rules">The event that has set the room's rules.</param>
/// <param name="Position">
/// The position after the last event of the state; after <paramref name="Rules"/> if no state is stored.
/// <see cref="IRoomLog.ReadRulesAsync"/> continues from this position.
/// </param>
/// <param name="Version">The version of the rules that has written the state.</param>
/// <param name="State">The state as written by the rules; null if none is stored.</param>
public sealed record RulesBasis(RoomEvent Rules, RoomPosition Position, int Version, ReadOnlyMemory<byte>? State);
