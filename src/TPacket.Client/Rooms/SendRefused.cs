namespace TPacket.Client;

/// <summary>The server has refused a packet that <see cref="TPacketClient.SendAsync(string, CancellationToken)"/> or its overload has sent.</summary>
/// <param name="Error">The reason, and the uid of the packet.</param>
public sealed record SendRefused(RequestRefusedException Error) : ClientEvent;
