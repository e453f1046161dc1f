using System.Buffers;

namespace TPacket.WebSockets.Handshake;

/// <summary>Reads a client's opening handshake (RFC 6455, section 4.2.1; RFC 9112 for its form). Pure; nothing that a peer sends makes it throw.</summary>
internal static class UpgradeRequestReader
{
    private const byte TlsHandshakeRecord = 0x16;

    // Visible ASCII, which a request target is made of.
    internal static readonly SearchValues<byte> TargetCharacters =
        SearchValues.Create(Enumerable.Range(0x21, 0x7F - 0x21).Select(static c => (byte)c).ToArray());

    /// <summary>Reads a head from its first byte.</summary>
    /// <param name="source">What has arrived.</param>
    /// <param name="maxLength">Longest head in bytes, its empty line included.</param>
    /// <param name="maxHeaders">Most header lines.</param>
    /// <param name="request">The request, when done.</param>
    /// <param name="consumed">The head's length in bytes, when done; what follows are frames.</param>
    /// <param name="refusal">The answer, when refused.</param>
    public static UpgradeReadStatus TryRead(
        ReadOnlySpan<byte> source, int maxLength, int maxHeaders, out UpgradeRequest? request, out int consumed, out HttpRefusal? refusal)
    {
        request = null;
        consumed = 0;
        refusal = null;
        if (source.IsEmpty)
            return UpgradeReadStatus.NeedMore;
        if (source[0] == TlsHandshakeRecord)
            return UpgradeReadStatus.Tls;

        var end = source.IndexOf("\r\n\r\n"u8);
        if (end < 0 || end + 4 > maxLength)
            return JudgeUnfinished(source, end, maxLength, out refusal);

        consumed = end + 4;
        refusal = Parse(source[..(end + 2)], maxHeaders, out request);
        return refusal is null ? UpgradeReadStatus.Done : UpgradeReadStatus.Refused;
    }

    /// <summary>What cannot become a request is refused before its end has arrived.</summary>
    private static UpgradeReadStatus JudgeUnfinished(ReadOnlySpan<byte> source, int end, int maxLength, out HttpRefusal? refusal)
    {
        refusal = null;
        var lineEnd = source.IndexOf("\r\n"u8);
        // The last byte may be the first half of the line's end.
        var line = lineEnd >= 0 ? source[..lineEnd] : source[^1] == '\r' ? source[..^1] : source;
        if (!HttpGrammar.TokenCharacters.Contains(source[0]) || line.ContainsAnyInRange((byte)0, (byte)0x1F))
            refusal = HttpRefusal.NotHttp;
        else if (end >= 0 || source.Length >= maxLength)
            refusal = HttpRefusal.HeadTooLong;
        return refusal is null ? UpgradeReadStatus.NeedMore : UpgradeReadStatus.Refused;
    }

    private static HttpRefusal? Parse(ReadOnlySpan<byte> head, int maxHeaders, out UpgradeRequest? request)
    {
        request = null;
        var lineEnd = head.IndexOf("\r\n"u8);
        var refusal = ParseRequestLine(head[..lineEnd], out var target);
        if (refusal is not null)
            return refusal;

        var fields = default(HandshakeFields);
        var headersStart = lineEnd + 2;
        var headers = 0;
        for (var start = headersStart; start < head.Length; start = lineEnd + 2)
        {
            if (headers++ == maxHeaders)
                return HttpRefusal.TooManyHeaders;
            lineEnd = start + head[start..].IndexOf("\r\n"u8);
            if (!HttpGrammar.TryReadHeader(head, start, lineEnd, out var line))
                return HttpRefusal.BadHeader;
            fields.Take(head, line);
        }

        refusal = fields.Judge();
        if (refusal is null)
            request = new UpgradeRequest(new HeaderTable(head.ToArray(), headersStart), target, fields.Host, fields.Key, fields.Subprotocols);
        return refusal;
    }

    private static HttpRefusal? ParseRequestLine(ReadOnlySpan<byte> line, out Range target)
    {
        target = default;
        var methodEnd = line.IndexOf((byte)' ');
        if (methodEnd <= 0 || line[..methodEnd].ContainsAnyExcept(HttpGrammar.TokenCharacters))
            return HttpRefusal.NotHttp;
        var targetEnd = line.LastIndexOf((byte)' ');
        if (targetEnd <= methodEnd + 1 || line[(methodEnd + 1)..targetEnd].ContainsAnyExcept(TargetCharacters))
            return HttpRefusal.BadRequestLine;
        var version = line[(targetEnd + 1)..];
        if (!version.StartsWith("HTTP/"u8))
            return HttpRefusal.BadRequestLine;
        if (!version.SequenceEqual("HTTP/1.1"u8))
            return HttpRefusal.BadVersion;
        if (!line[..methodEnd].SequenceEqual("GET"u8))
            return HttpRefusal.BadMethod;
        // A proxy's absolute form and an OPTIONS asterisk are not for an origin server's WebSocket.
        if (line[methodEnd + 1] != (byte)'/')
            return HttpRefusal.BadRequestLine;
        target = (methodEnd + 1)..targetEnd;
        return null;
    }
}
