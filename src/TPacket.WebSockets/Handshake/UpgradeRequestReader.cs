namespace TPacket.WebSockets.Handshake;

/// <summary>Reads a client's opening handshake (RFC 6455, section 4.2.1; RFC 9112 for its form). Pure; nothing that a peer sends makes it throw.</summary>
internal static class UpgradeRequestReader
{
    private const byte TlsHandshakeRecord = 0x16;

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

        // RFC 9112, section 2.2: empty lines before the request line are passed over. They count for the head's length.
        var start = 0;
        while (source[start..].StartsWith("\r\n"u8))
            start += 2;
        var end = source[start..].IndexOf("\r\n\r\n"u8);
        if (end < 0 || start + end + 4 > maxLength)
            refusal = JudgeUnfinished(source[start..], tooLong: end >= 0 || source.Length >= maxLength);
        else
            refusal = Parse(source.Slice(start, end + 2), maxHeaders, out request);
        if (refusal is not null)
        {
            if (source[start..].StartsWith("HEAD "u8))
                refusal = refusal with { HasNoBody = true };
            return UpgradeReadStatus.Refused;
        }

        if (request is null)
            return UpgradeReadStatus.NeedMore;
        consumed = start + end + 4;
        return UpgradeReadStatus.Done;
    }

    /// <summary>What cannot become a request is refused before its end has arrived.</summary>
    private static HttpRefusal? JudgeUnfinished(ReadOnlySpan<byte> source, bool tooLong)
    {
        var lineEnd = source.IndexOf("\r\n"u8);
        // The last byte may be the first half of the line's end, or of an empty line.
        var line = lineEnd >= 0 ? source[..lineEnd] : source is [.., (byte)'\r'] ? source[..^1] : source;
        if ((!line.IsEmpty && !HttpGrammar.TokenCharacters.Contains(line[0])) || line.ContainsAnyInRange((byte)0, (byte)0x1F))
            return HttpRefusal.NotHttp;
        return tooLong ? HttpRefusal.HeadTooLong : null;
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

    private static HttpRefusal? ParseRequestLine(ReadOnlySpan<byte> line, out RequestTarget target)
    {
        target = default;
        var methodEnd = line.IndexOf((byte)' ');
        if (methodEnd <= 0 || line[..methodEnd].ContainsAnyExcept(HttpGrammar.TokenCharacters))
            return HttpRefusal.NotHttp;
        var targetEnd = line.LastIndexOf((byte)' ');
        if (targetEnd <= methodEnd + 1 || line[(methodEnd + 1)..targetEnd].ContainsAnyExceptInRange((byte)0x21, (byte)0x7E))
            return HttpRefusal.BadRequestLine;
        var version = line[(targetEnd + 1)..];
        if (!version.StartsWith("HTTP/"u8))
            return HttpRefusal.BadRequestLine;
        // RFC 6455, section 4.2.1: HTTP/1.1 or higher; a higher minor version is read as this one (RFC 9110, section 2.5).
        if (version.Length != 8 || !version.StartsWith("HTTP/1."u8) || version[7] is < (byte)'1' or > (byte)'9')
            return HttpRefusal.BadVersion;
        if (!line[..methodEnd].SequenceEqual("GET"u8))
            return HttpRefusal.BadMethod;
        return RequestTarget.TryRead(line, methodEnd + 1, targetEnd, out target) ? null : HttpRefusal.BadRequestLine;
    }
}
