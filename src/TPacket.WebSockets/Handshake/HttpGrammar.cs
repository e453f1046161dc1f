using System.Buffers;
using System.Globalization;
using System.Text;

namespace TPacket.WebSockets.Handshake;

/// <summary>What requests and responses have in common (RFC 9110, section 5; RFC 9112, section 5).</summary>
internal static class HttpGrammar
{
    private const int MaxPort = 65535;

    /// <summary>What a token is made of (RFC 9110, section 5.6.2).</summary>
    public static readonly SearchValues<byte> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>What a field's value is made of (RFC 9110, section 5.5): visible characters, space, tab and the obsolete upper half.</summary>
    public static readonly SearchValues<byte> ValueCharacters =
        SearchValues.Create(Enumerable.Range(0x20, 0x100 - 0x20).Where(static c => c != 0x7F).Append('\t').Select(static c => (byte)c).ToArray());

    // Unreserved characters, those that delimit, and the percent sign of an encoded one (RFC 3986, section 3.2.2).
    private static readonly SearchValues<byte> _nameCharacters =
        SearchValues.Create("!$%&'()*+,-._~;=0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> _zoneCharacters = SearchValues.Create("%-._~:0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> _addressCharacters = SearchValues.Create(".0123456789:ABCDEFabcdef"u8);

    /// <summary>Reads one header line.</summary>
    /// <param name="head">The head.</param>
    /// <param name="start">Where the line starts.</param>
    /// <param name="end">Where it ends, without its line break.</param>
    /// <param name="line">Where its name and value stand.</param>
    public static bool TryReadHeader(ReadOnlySpan<byte> head, int start, int end, out HeaderLine line)
    {
        line = default;
        var text = head[start..end];
        var colon = text.IndexOf((byte)':');
        // White space before the colon and folded lines are refused, as RFC 9112, sections 5.1 and 5.2, want it.
        if (colon <= 0 || text[..colon].ContainsAnyExcept(TokenCharacters))
            return false;
        var value = text[(colon + 1)..].Trim(" \t"u8);
        if (value.ContainsAnyExcept(ValueCharacters))
            return false;
        var valueStart = start + colon + 1 + text[(colon + 1)..].IndexOf(value);
        line = new HeaderLine(start..(start + colon), valueStart..(valueStart + value.Length));
        return true;
    }

    /// <summary>Whether a header has that name, in any case.</summary>
    public static bool IsName(ReadOnlySpan<byte> name, ReadOnlySpan<byte> expected) => Ascii.EqualsIgnoreCase(name, expected);

    /// <summary>Whether a text is a host and perhaps a port (RFC 9110, sections 4.2.1 and 7.2): not empty, and without a user's name.</summary>
    public static bool IsHost(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> port;
        if (text is [(byte)'[', ..])
        {
            var end = text.IndexOf((byte)']');
            if (end <= 1)
                return false;
            // Of an address that is local to a link, some clients send the zone, too (RFC 6874).
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
        // A port may be left out behind its colon (RFC 3986, section 3.2.3).
        var digits = port[1..];
        return port[0] == (byte)':' && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9') && (digits.TrimStart((byte)'0') is { Length: < 6 } number)
            && (number.IsEmpty || int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture) <= MaxPort);
    }

    /// <summary>Whether a list has that token, in any case.</summary>
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
