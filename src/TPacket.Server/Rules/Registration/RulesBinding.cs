namespace TPacket.Server.Rules;

/// <summary>Rules, and the rooms that they are for.</summary>
/// <param name="Rooms">The pattern of the rooms' names.</param>
/// <param name="Command">The command of the packets by which members act and see.</param>
/// <param name="Rules">The rules.</param>
internal sealed record RulesBinding(string Rooms, int Command, RoomRules Rules);
