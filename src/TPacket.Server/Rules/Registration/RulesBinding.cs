namespace TPacket.Server.Rules.Registration;

/// <summary>Rules and the rooms that have them.</summary>
/// <param name="Rooms">The pattern of room names, with <c>*</c> and <c>?</c>.</param>
/// <param name="Command">The command of the members' packets and of their views.</param>
/// <param name="Rules">The rules.</param>
internal sealed record RulesBinding(string Rooms, int Command, RoomRules Rules);
