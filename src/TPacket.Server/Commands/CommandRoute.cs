namespace TPacket.Server.Commands;

/// <summary>The way of a command's packets.</summary>
internal sealed record CommandRoute(CommandScope Scope, PacketDelegate Handle);
