namespace TPacket.Transports.Proxy;

/// <summary>
/// Reads the header of the PROXY protocol, versions 1 and 2 (haproxy's proxy-protocol.txt, sections 2.1 and 2.2). The caller passes all bytes so far until the header is complete. The reader returns an
/// error as soon as a byte cannot belong to a valid start.
/// </summary>
internal static class ProxyHeaderReader
{
    private static ReadOnlySpan<byte> TextStart => "PROXY "u8;

    private static ReadOnlySpan<byte> BinaryStart => [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    /// <summary>Reads the header.</summary>
    /// <param name="input">All bytes of the connection so far.</param>
    /// <param name="maxLength">The length in bytes of the longest header of version 2, with its addresses and vectors.</param>
    /// <param name="header">The header when the result is <see cref="ProxyReadStatus.Done"/>.</param>
    /// <param name="consumed">The length of the header in bytes when the result is <see cref="ProxyReadStatus.Done"/>.</param>
    public static ProxyReadStatus TryRead(ReadOnlySpan<byte> input, int maxLength, out ProxyHeader header, out int consumed)
    {
        if (Begins(input, BinaryStart))
            return input.Length < BinaryStart.Length ? NeedMore(out header, out consumed) : BinaryProxyHeader.TryRead(input, maxLength, out header, out consumed);
        if (Begins(input, TextStart))
            return input.Length < TextStart.Length ? NeedMore(out header, out consumed) : TextProxyHeader.TryRead(input, out header, out consumed);
        (header, consumed) = (ProxyHeader.Empty, 0);
        return ProxyReadStatus.Missing;
    }

    /// <summary>Returns whether the input begins with <paramref name="start"/>, or is the beginning of it.</summary>
    private static bool Begins(ReadOnlySpan<byte> input, ReadOnlySpan<byte> start) => start.StartsWith(input[..Math.Min(input.Length, start.Length)]);

    private static ProxyReadStatus NeedMore(out ProxyHeader header, out int consumed)
    {
        (header, consumed) = (ProxyHeader.Empty, 0);
        return ProxyReadStatus.NeedMore;
    }
}
