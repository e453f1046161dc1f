namespace TPacket.Client;

/// <summary>
/// The server has refused a packet of <see cref="TPacketClient.AppendAsync"/> or of an overload of
/// <see cref="TPacketClient.SendAsync(string, CancellationToken)"/>.
/// </summary>
/// <param name="Error">The reason, and the uid of the packet.</param>
public sealed record SendRefused(RequestRefusedException Error) : ClientEvent;
