namespace TPacket.WebSockets.Handshake;

/// <summary>Reads a client's opening handshake (RFC 6455, section 4.2.1) in the grammar of RFC 9112. It does no I/O and does not throw for invalid input.</summary>
internal static class UpgradeRequestReader
{
    private const byte TlsHandshakeRecord = 0x16;

    /// <summary>Reads a request head.</summary>
    /// <param name="source">The bytes that have arrived, from the head's first byte.</param>
    /// <param name="maxLength">Maximum length of the head in bytes, including its empty line.</param>
    /// <param name="maxHeaders">Maximum number of header lines.</param>
    /// <param name="request">The request, if it is valid.</param>
    /// <param name="consumed">Length of the head in bytes, if the request is valid. Frames follow.</param>
    /// <param name="refusal">The error response, if the request is invalid.</param>
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

        // Ignores empty lines before the request line (RFC 9112, section 2.2). They count towards the head's length.
        var start = 0;
        while (source[start..].StartsWith("\r\n"u8))
            start += 2;
        var end = source[start..].IndexOf("\r\n\r\n"u8);
        if (end < 0 || start + end + 4 > maxLength)
            refusal = RejectIncomplete(source[start..], tooLong: end >= 0 || source.Length >= maxLength);
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

    /// <summary>Rejects an incomplete head that cannot become a valid request.</summary>
    private static HttpRefusal? RejectIncomplete(ReadOnlySpan<byte> source, bool tooLong)
    {
        var lineEnd = source.IndexOf("\r\n"u8);
        // The last byte may be the first half of a line break.
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

        refusal = fields.Validate();
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
        // RFC 6455, section 4.2.1, requires HTTP/1.1 or higher. A higher minor version is processed as 1.1 (RFC 9110, section 2.5).
        if (version.Length != 8 || !version.StartsWith("HTTP/1."u8) || version[7] is < (byte)'1' or > (byte)'9')
            return HttpRefusal.BadVersion;
        if (!line[..methodEnd].SequenceEqual("GET"u8))
            return HttpRefusal.BadMethod;
        return RequestTarget.TryRead(line, methodEnd + 1, targetEnd, out target) ? null : HttpRefusal.BadRequestLine;
    }
}
