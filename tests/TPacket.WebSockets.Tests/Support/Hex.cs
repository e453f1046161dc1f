namespace TPacket.WebSockets.Tests;

/// <summary>Bytes as they are written in RFCs.</summary>
internal static class Hex
{
    /// <summary>Parses hex digits; white space between bytes is for the reader.</summary>
    public static byte[] Bytes(string hex) => Convert.FromHexString(string.Concat(hex.Where(static c => !char.IsWhiteSpace(c))));

    /// <summary>Parses each part and joins them.</summary>
    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(static part => part)];

    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
