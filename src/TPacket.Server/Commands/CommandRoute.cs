namespace TPacket.Server.Commands;

/// <summary>The way of a command's packets.</summary>
/// <param name="Scope">What the handler has to itself.</param>
/// <param name="CountsForRoom">Whether the room's limit of packets counts the packets of a member.</param>
/// <param name="Handle">The filters, then the handler.</param>
internal sealed record CommandRoute(CommandScope Scope, bool CountsForRoom, PacketDelegate Handle);
