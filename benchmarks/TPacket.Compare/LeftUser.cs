namespace TPacket.Compare;

/// <summary>A disconnected user, with the client's data of its session.</summary>
/// <param name="Token">The token of its session.</param>
/// <param name="Position">The position after the last received event.</param>
internal sealed record LeftUser(byte[] Token, byte[] Position);
