namespace TPacket.Server;

/// <summary>A step of handling a packet: a filter with all later steps, or the handler.</summary>
/// <param name="context">The packet.</param>
public delegate ValueTask PacketDelegate(CommandContext context);
