namespace TPacket.Client;

/// <summary>A packet of the application, or of any other kind without an event of its own.</summary>
/// <param name="Packet">The packet.</param>
public sealed record PacketReceived(Packet Packet) : ClientEvent;
