namespace TPacket.WebSockets.Tests;

/// <summary>Splits input into pieces that arrive one after the other.</summary>
internal static class Splits
{
    /// <summary>Returns the input in one piece, in two pieces split at every offset, and in pieces of one byte. Every piece is a copy, since readers unmask in place.</summary>
    public static IEnumerable<byte[][]> Of(byte[] input)
    {
        yield return [[.. input]];
        for (var at = 1; at < input.Length; at++)
            yield return [input[..at], input[at..]];
        yield return [.. input.Select(static b => new[] { b })];
    }
}
