using System.Buffers;
using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace TPacket.Transports.Proxy;

/// <summary>Reads version 1 of the PROXY header, a line of text (haproxy's proxy-protocol.txt, section 2.1).</summary>
internal static class TextProxyHeader
{
    /// <summary>The length in bytes of the longest line that the protocol defines, with its CRLF.</summary>
    public const int MaxLength = 107;

    private const int StartLength = 6;
    private const int MaxPortDigits = 5;
    private const int MaxAddressLength = 45;

    // The runtime also parses scopes, brackets and ports, which the protocol does not allow.
    private static readonly SearchValues<byte> _ofAddresses = SearchValues.Create("0123456789abcdefABCDEF:."u8);

    /// <inheritdoc cref="ProxyHeaderReader.TryRead"/>
    public static ProxyReadStatus TryRead(ReadOnlySpan<byte> input, out ProxyHeader header, out int consumed)
    {
        (header, consumed) = (ProxyHeader.Empty, 0);
        var end = input[..Math.Min(input.Length, MaxLength)].IndexOf((byte)'\n');
        if (end < 0)
            return input.Length < MaxLength ? ProxyReadStatus.NeedMore : ProxyReadStatus.Malformed;
        if (input[end - 1] != '\r' || !TryParse(input[StartLength..(end - 1)], out header))
            return ProxyReadStatus.Malformed;
        consumed = end + 1;
        return ProxyReadStatus.Done;
    }

    private static bool TryParse(ReadOnlySpan<byte> text, out ProxyHeader header)
    {
        header = ProxyHeader.Empty;
        var family = Next(ref text);
        // The receiver must ignore the rest of the line.
        if (family.SequenceEqual("UNKNOWN"u8))
            return true;
        AddressFamily expected;
        if (family.SequenceEqual("TCP4"u8))
            expected = AddressFamily.InterNetwork;
        else if (family.SequenceEqual("TCP6"u8))
            expected = AddressFamily.InterNetworkV6;
        else
            return false;
        if (!TryParseAddress(Next(ref text), expected, out var source)
            || !TryParseAddress(Next(ref text), expected, out var destination)
            || !TryParsePort(Next(ref text), out var sourcePort)
            || !TryParsePort(text, out var destinationPort))
            return false;
        header = new ProxyHeader(true, new IPEndPoint(source, sourcePort), new IPEndPoint(destination, destinationPort));
        return true;
    }

    /// <summary>Returns the bytes before the next space and advances the text beyond the space.</summary>
    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)' ');
        var next = end < 0 ? text : text[..end];
        text = end < 0 ? [] : text[(end + 1)..];
        return next;
    }

    private static bool TryParseAddress(ReadOnlySpan<byte> text, AddressFamily expected, out IPAddress address)
    {
        address = IPAddress.None;
        if (text.Length is 0 or > MaxAddressLength || text.IndexOfAnyExcept(_ofAddresses) >= 0)
            return false;
        if (!IPAddress.TryParse(text, out var parsed) || parsed.AddressFamily != expected)
            return false;
        address = parsed;
        // The runtime accepts several spellings of an IPv4 address, the protocol only one.
        Span<byte> written = stackalloc byte[MaxAddressLength];
        return expected == AddressFamily.InterNetworkV6 || (parsed.TryFormat(written, out var length) && text.SequenceEqual(written[..length]));
    }

    private static bool TryParsePort(ReadOnlySpan<byte> text, out int port)
    {
        port = 0;
        // No sign, decimal point or leading zeros.
        if (text.Length is 0 or > MaxPortDigits || text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0 || (text[0] == '0' && text.Length > 1))
            return false;
        return Utf8Parser.TryParse(text, out port, out _) && port <= IPEndPoint.MaxPort;
    }
}
