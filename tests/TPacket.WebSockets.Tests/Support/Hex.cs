namespace TPacket.WebSockets.Tests;

/// <summary>Bytes in the notation of RFCs.</summary>
internal static class Hex
{
    /// <summary>Parses hex digits; ignores white space.</summary>
    public static byte[] Bytes(string hex) => Convert.FromHexString(string.Concat(hex.Where(static c => !char.IsWhiteSpace(c))));

    /// <summary>Joins the parts.</summary>
    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(static part => part)];

    public static string Of(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
