namespace TPacket.Server;

/// <summary>A step of a packet's way: a filter, or the handler at its end.</summary>
public delegate ValueTask PacketDelegate(CommandContext context);
