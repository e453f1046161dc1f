using System.Buffers;
using System.Text;

namespace TPacket.WebSockets.Handshake;

/// <summary>The target of a request (RFC 9112, section 3.2), as ranges in the head.</summary>
/// <param name="Resource">The path and query; an absolute form may have no path.</param>
/// <param name="Authority">The host and port of an absolute form, which replace the <c>Host</c> header (section 3.2.2); empty for an origin form.</param>
internal readonly record struct RequestTarget(Range Resource, Range Authority)
{
    // Visible ASCII without #, which begins a fragment.
    private static readonly SearchValues<byte> _characters =
        SearchValues.Create(Enumerable.Range(0x21, 0x7F - 0x21).Where(static c => c != '#').Select(static c => (byte)c).ToArray());

    // RFC 6455, section 4.1, allows a path or an absolute http or https URI. Some clients send a ws or wss URI.
    private static readonly byte[][] _schemes = ["http://"u8.ToArray(), "https://"u8.ToArray(), "ws://"u8.ToArray(), "wss://"u8.ToArray()];

    /// <summary>Whether the target is in absolute form.</summary>
    public bool IsAbsolute => !Authority.Equals(default);

    /// <summary>Reads a target in origin form or absolute form. The other forms are not valid for GET.</summary>
    /// <param name="head">The head.</param>
    /// <param name="start">Index of the target's first byte.</param>
    /// <param name="end">Index after its last byte.</param>
    /// <param name="target">The target.</param>
    /// <returns>False if the target is malformed.</returns>
    public static bool TryRead(ReadOnlySpan<byte> head, int start, int end, out RequestTarget target)
    {
        target = default;
        var text = head[start..end];
        if (text.IsEmpty || text.ContainsAnyExcept(_characters))
            return false;
        if (text[0] == (byte)'/')
        {
            target = new RequestTarget(start..end, default);
            return true;
        }

        foreach (var scheme in _schemes)
        {
            if (text.Length < scheme.Length || !Ascii.EqualsIgnoreCase(text[..scheme.Length], scheme))
                continue;
            var authority = text[scheme.Length..];
            var length = authority.IndexOfAny((byte)'/', (byte)'?');
            authority = length < 0 ? authority : authority[..length];
            var authorityStart = start + scheme.Length;
            target = new RequestTarget((authorityStart + authority.Length)..end, authorityStart..(authorityStart + authority.Length));
            return HttpGrammar.IsHost(authority);
        }

        return false;
    }
}
