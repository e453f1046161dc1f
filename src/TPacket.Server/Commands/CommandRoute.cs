namespace TPacket.Server.Commands;

/// <summary>The route of a command's packets through filters and handler.</summary>
/// <param name="Scope">The scope of the handler.</param>
/// <param name="CountsForRoom">Whether packets of a member count towards the rate limit of its room.</param>
/// <param name="Handle">Calls the filters, then the handler.</param>
internal sealed record CommandRoute(CommandScope Scope, bool CountsForRoom, PacketDelegate Handle);
