namespace TPacket.Transports.Proxy;

/// <summary>
/// Reads the header of the PROXY protocol, versions 1 and 2 (haproxy's proxy-protocol.txt, sections 2.1 and 2.2). Called with all bytes so far until they are enough; what is wrong is said
/// at the first byte that shows it.
/// </summary>
internal static class ProxyHeaderReader
{
    private static ReadOnlySpan<byte> TextStart => "PROXY "u8;

    private static ReadOnlySpan<byte> BinaryStart => [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    /// <summary>Reads the header.</summary>
    /// <param name="input">The connection's bytes so far.</param>
    /// <param name="maxLength">The longest header of version 2, in bytes, with all that it carries.</param>
    /// <param name="header">The header.</param>
    /// <param name="consumed">Its length in bytes.</param>
    public static ProxyReadStatus TryRead(ReadOnlySpan<byte> input, int maxLength, out ProxyHeader header, out int consumed)
    {
        if (Begins(input, BinaryStart))
            return input.Length < BinaryStart.Length ? NeedMore(out header, out consumed) : BinaryProxyHeader.TryRead(input, maxLength, out header, out consumed);
        if (Begins(input, TextStart))
            return input.Length < TextStart.Length ? NeedMore(out header, out consumed) : TextProxyHeader.TryRead(input, out header, out consumed);
        (header, consumed) = (ProxyHeader.Empty, 0);
        return ProxyReadStatus.Missing;
    }

    /// <summary>Whether the input begins so, as far as there is any.</summary>
    private static bool Begins(ReadOnlySpan<byte> input, ReadOnlySpan<byte> start) => start.StartsWith(input[..Math.Min(input.Length, start.Length)]);

    private static ProxyReadStatus NeedMore(out ProxyHeader header, out int consumed)
    {
        (header, consumed) = (ProxyHeader.Empty, 0);
        return ProxyReadStatus.NeedMore;
    }
}
