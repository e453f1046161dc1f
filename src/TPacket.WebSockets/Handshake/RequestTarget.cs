using System.Buffers;
using System.Text;

namespace TPacket.WebSockets.Handshake;

/// <summary>What a request asks for (RFC 9112, section 3.2), and where it stands in the head.</summary>
/// <param name="Resource">The path and the query; without a path where an absolute form has none.</param>
/// <param name="Authority">The host and the port of an absolute form, which take the place of the <c>Host</c> header (section 3.2.2); empty for an origin form.</param>
internal readonly record struct RequestTarget(Range Resource, Range Authority)
{
    // Visible ASCII, without the fragment's mark.
    private static readonly SearchValues<byte> _characters =
        SearchValues.Create(Enumerable.Range(0x21, 0x7F - 0x21).Where(static c => c != '#').Select(static c => (byte)c).ToArray());

    // RFC 6455, section 4.1: the request has a path, or an http or https address that stands for the one that was connected to.
    private static readonly byte[][] _schemes = ["http://"u8.ToArray(), "https://"u8.ToArray(), "ws://"u8.ToArray(), "wss://"u8.ToArray()];

    /// <summary>Whether the head has an authority beside its <c>Host</c> header.</summary>
    public bool IsAbsolute => !Authority.Equals(default);

    /// <summary>Reads a target in origin form or absolute form. An authority form and an asterisk are for other requests than GET.</summary>
    /// <param name="head">The head.</param>
    /// <param name="start">Where the target starts.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="target">The target.</param>
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
