namespace TPacket.Client;

/// <summary>The server has refused what <see cref="TPacketClient.SendAsync(string, CancellationToken)"/> or its overload has sent.</summary>
/// <param name="Error">Why, and the uid that tells which packet it was.</param>
public sealed record SendRefused(RequestRefusedException Error) : ClientEvent;
