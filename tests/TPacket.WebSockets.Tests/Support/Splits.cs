namespace TPacket.WebSockets.Tests;

/// <summary>The ways in which a stream's bytes may arrive.</summary>
internal static class Splits
{
    /// <summary>The input whole, in two pieces cut at every offset, and one byte at a time. Every piece is a fresh copy: readers unmask in place.</summary>
    public static IEnumerable<byte[][]> Of(byte[] input)
    {
        yield return [[.. input]];
        for (var at = 1; at < input.Length; at++)
            yield return [input[..at], input[at..]];
        yield return [.. input.Select(static b => new[] { b })];
    }
}
