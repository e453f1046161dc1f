namespace TPacket.Server.Rules;

/// <summary>Rules to be created with the server.</summary>
/// <inheritdoc cref="RulesBinding"/>
/// <param name="Rooms"/><param name="Command"/>
/// <param name="Create">Makes the rules, once.</param>
internal sealed record RulesRegistration(string Rooms, int Command, Func<IServiceProvider, RoomRules> Create);
