using TPacket.Server.Hosting;

namespace TPacket.Server.Commands;

/// <summary>A registered handler of a command. The last registration of a command takes effect.</summary>
/// <param name="Command">The command.</param>
/// <param name="Scope">The scope of the handler.</param>
/// <param name="Inline">Whether the handler never blocks, and so may run on an event loop.</param>
/// <param name="Create">Creates the handler; called once.</param>
internal sealed record CommandRegistration(int Command, CommandScope Scope, bool Inline, Func<ServerParts, ICommandHandler> Create);
