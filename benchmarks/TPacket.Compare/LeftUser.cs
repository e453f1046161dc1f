namespace TPacket.Compare;

/// <summary>A user without a connection, as its client knows it.</summary>
/// <param name="Token">The token of its session.</param>
/// <param name="Position">Behind the last event that it has received.</param>
internal sealed record LeftUser(byte[] Token, byte[] Position);
