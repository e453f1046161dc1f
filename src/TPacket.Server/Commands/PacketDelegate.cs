namespace TPacket.Server;

/// <summary>A step of handling a packet: a filter with the steps behind it, or the handler.</summary>
public delegate ValueTask PacketDelegate(CommandContext context);
