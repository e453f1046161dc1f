using System.Buffers;
using System.Globalization;
using System.Text;

namespace TPacket.WebSockets.Handshake;

/// <summary>The grammar of header lines and hosts that requests and responses share (RFC 9110, section 5; RFC 9112, section 5).</summary>
internal static class HttpGrammar
{
    private const int MaxPort = 65535;

    /// <summary>The characters of a token (RFC 9110, section 5.6.2).</summary>
    public static readonly SearchValues<byte> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>The characters of a header's value (RFC 9110, section 5.5): visible ASCII, space, tab and <c>obs-text</c>, the bytes from 0x80.</summary>
    public static readonly SearchValues<byte> ValueCharacters =
        SearchValues.Create(Enumerable.Range(0x20, 0x100 - 0x20).Where(static c => c != 0x7F).Append('\t').Select(static c => (byte)c).ToArray());

    // reg-name: unreserved characters, sub-delims and percent-encoded characters (RFC 3986, section 3.2.2).
    private static readonly SearchValues<byte> _nameCharacters =
        SearchValues.Create("!$%&'()*+,-._~;=0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> _zoneCharacters = SearchValues.Create("%-._~:0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> _addressCharacters = SearchValues.Create(".0123456789:ABCDEFabcdef"u8);

    /// <summary>Reads one header line.</summary>
    /// <param name="head">The head.</param>
    /// <param name="start">Index of the line's first byte.</param>
    /// <param name="end">Index of its line break.</param>
    /// <param name="line">The ranges of its name and value.</param>
    /// <returns>False if the line is malformed.</returns>
    public static bool TryReadHeader(ReadOnlySpan<byte> head, int start, int end, out HeaderLine line)
    {
        line = default;
        var text = head[start..end];
        var colon = text.IndexOf((byte)':');
        // Rejects white space before the colon and folded lines (RFC 9112, sections 5.1 and 5.2).
        if (colon <= 0 || text[..colon].ContainsAnyExcept(TokenCharacters))
            return false;
        var value = text[(colon + 1)..].Trim(" \t"u8);
        if (value.ContainsAnyExcept(ValueCharacters))
            return false;
        var valueStart = start + colon + 1 + text[(colon + 1)..].IndexOf(value);
        line = new HeaderLine(start..(start + colon), valueStart..(valueStart + value.Length));
        return true;
    }

    /// <summary>Compares the names of headers, ignoring case.</summary>
    public static bool IsName(ReadOnlySpan<byte> name, ReadOnlySpan<byte> expected) => Ascii.EqualsIgnoreCase(name, expected);

    /// <summary>Returns whether a text is a host with an optional port (RFC 9110, sections 4.2.1 and 7.2), which is not empty and has no user information.</summary>
    public static bool IsHost(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> port;
        if (text is [(byte)'[', ..])
        {
            var end = text.IndexOf((byte)']');
            if (end <= 1)
                return false;
            // Some clients send the zone of a link-local address as well (RFC 6874).
            var zone = text[1..end].IndexOf((byte)'%');
            var address = zone < 0 ? text[1..end] : text[1..(zone + 1)];
            if (address.IsEmpty || address.ContainsAnyExcept(_addressCharacters) || text[1..end].ContainsAnyExcept(_zoneCharacters))
                return false;
            port = text[(end + 1)..];
        }
        else
        {
            var end = text.IndexOf((byte)':');
            var name = end < 0 ? text : text[..end];
            if (name.IsEmpty || name.ContainsAnyExcept(_nameCharacters))
                return false;
            port = text[name.Length..];
        }

        if (port.IsEmpty)
            return true;
        // The port may be empty after its colon (RFC 3986, section 3.2.3).
        var digits = port[1..];
        return port[0] == (byte)':' && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9') && (digits.TrimStart((byte)'0') is { Length: < 6 } number)
            && (number.IsEmpty || int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture) <= MaxPort);
    }

    /// <summary>Returns whether a comma-separated list has a token, ignoring case.</summary>
    public static bool HasToken(ReadOnlySpan<byte> list, ReadOnlySpan<byte> token)
    {
        foreach (var range in list.Split((byte)','))
        {
            if (Ascii.EqualsIgnoreCase(list[range].Trim(" \t"u8), token))
                return true;
        }

        return false;
    }
}
