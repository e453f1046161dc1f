namespace TPacket.Client;

/// <summary>Anything else: the application's packets.</summary>
/// <param name="Packet">The packet.</param>
public sealed record PacketReceived(Packet Packet) : ClientEvent;
