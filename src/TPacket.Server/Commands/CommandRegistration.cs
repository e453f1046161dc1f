namespace TPacket.Server.Commands;

/// <summary>A handler and the command that it is for. Of several for one command the last one counts.</summary>
internal sealed record CommandRegistration(int Command, CommandScope Scope, Func<IServiceProvider, ICommandHandler> Create);
