using System.Buffers;
using System.Text;

namespace TPacket.WebSockets.Handshake;

/// <summary>What requests and responses have in common (RFC 9110, section 5; RFC 9112, section 5).</summary>
internal static class HttpGrammar
{
    /// <summary>What a token is made of (RFC 9110, section 5.6.2).</summary>
    public static readonly SearchValues<byte> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>What a field's value is made of (RFC 9110, section 5.5): visible characters, space, tab and the obsolete upper half.</summary>
    public static readonly SearchValues<byte> ValueCharacters =
        SearchValues.Create(Enumerable.Range(0x20, 0x100 - 0x20).Where(static c => c != 0x7F).Append('\t').Select(static c => (byte)c).ToArray());

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
