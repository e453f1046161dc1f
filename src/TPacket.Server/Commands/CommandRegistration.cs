using TPacket.Server.Hosting;

namespace TPacket.Server.Commands;

/// <summary>A handler and the command that it is for. Of several for one command the last one counts.</summary>
/// <param name="Command">The command.</param>
/// <param name="Scope">What the handler has to itself.</param>
/// <param name="Inline">Whether it never blocks, so that it may run on an event loop's thread.</param>
/// <param name="Create">Makes the handler, once.</param>
internal sealed record CommandRegistration(int Command, CommandScope Scope, bool Inline, Func<ServerParts, ICommandHandler> Create);
