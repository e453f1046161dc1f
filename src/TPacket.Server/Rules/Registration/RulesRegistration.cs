namespace TPacket.Server.Rules.Registration;

/// <summary>Registered rules, created with the server.</summary>
/// <inheritdoc cref="RulesBinding"/>
/// <param name="Rooms"/><param name="Command"/>
/// <param name="Create">Creates the rules; called once.</param>
internal sealed record RulesRegistration(string Rooms, int Command, Func<IServiceProvider, RoomRules> Create);
