using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TPacket.Transports.Proxy;

/// <summary>
/// Reads version 2 of the PROXY header (haproxy's proxy-protocol.txt, section 2.2). Skips the type-length-value vectors that follow the
/// addresses (section 2.2.7).
/// </summary>
internal static class BinaryProxyHeader
{
    private const int VersionAt = 12;
    private const int FamilyAt = 13;
    private const int LengthAt = 14;
    private const int FixedLength = 16;
    private const int LocalCommand = 0x20;
    private const int ProxyCommand = 0x21;
    private const int UnixPathLength = 108;

    /// <inheritdoc cref="ProxyHeaderReader.TryRead"/>
    public static ProxyReadStatus TryRead(ReadOnlySpan<byte> input, int maxLength, out ProxyHeader header, out int consumed)
    {
        (header, consumed) = (ProxyHeader.Empty, 0);
        if (input.Length > VersionAt && input[VersionAt] is not (LocalCommand or ProxyCommand))
            return ProxyReadStatus.Malformed;
        if (input.Length < FixedLength)
            return ProxyReadStatus.NeedMore;
        var length = FixedLength + BinaryPrimitives.ReadUInt16BigEndian(input[LengthAt..]);
        if (length > maxLength)
            return ProxyReadStatus.Malformed;
        if (input.Length < length)
            return ProxyReadStatus.NeedMore;
        // The address block of a proxy's own connection, such as a health check, has no meaning.
        if (input[VersionAt] == ProxyCommand && !TryReadAddresses(input[FamilyAt], input[FixedLength..length], out header))
            return ProxyReadStatus.Malformed;
        consumed = length;
        return ProxyReadStatus.Done;
    }

    /// <summary>
    /// Reads the addresses. The high half of <paramref name="family"/> is the address family. The low half is the transport, stream or datagram,
    /// which has no influence on addresses.
    /// </summary>
    private static bool TryReadAddresses(byte family, ReadOnlySpan<byte> block, out ProxyHeader header)
    {
        header = ProxyHeader.Empty;
        switch (family)
        {
            case 0x00:
                return true;
            case 0x11 or 0x12:
                return TryReadIP(block, addressLength: 4, out header);
            case 0x21 or 0x22:
                return TryReadIP(block, addressLength: 16, out header);
            case 0x31 or 0x32:
                if (block.Length < 2 * UnixPathLength)
                    return false;
                header = new ProxyHeader(true, ReadPath(block[..UnixPathLength]), ReadPath(block.Slice(UnixPathLength, UnixPathLength)));
                return true;
            default:
                return false;
        }
    }

    private static bool TryReadIP(ReadOnlySpan<byte> block, int addressLength, out ProxyHeader header)
    {
        header = ProxyHeader.Empty;
        var ports = block.Length < (2 * addressLength) + 4 ? [] : block.Slice(2 * addressLength, 4);
        if (ports.IsEmpty)
            return false;
        header = new ProxyHeader(
            true,
            new IPEndPoint(new IPAddress(block[..addressLength]), BinaryPrimitives.ReadUInt16BigEndian(ports)),
            new IPEndPoint(new IPAddress(block.Slice(addressLength, addressLength)), BinaryPrimitives.ReadUInt16BigEndian(ports[2..])));
        return true;
    }

    /// <summary>Reads a path that is valid on every system. Returns null for other paths and for an unbound peer.</summary>
    private static UnixDomainSocketEndPoint? ReadPath(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        return end is > 0 and <= 100 && Ascii.IsValid(bytes[..end]) ? new UnixDomainSocketEndPoint(Encoding.ASCII.GetString(bytes[..end])) : null;
    }
}
