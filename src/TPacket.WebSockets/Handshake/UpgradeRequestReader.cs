using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace TPacket.WebSockets.Handshake;

/// <summary>Reads a client's opening handshake (RFC 6455, section 4.2.1; RFC 9112 for its form). Pure; nothing that a peer sends makes it throw.</summary>
internal static class UpgradeRequestReader
{
    private const int KeyLength = 16;
    private const int KeyCharacters = 24;
    private const byte TlsHandshakeRecord = 0x16;

    // Visible ASCII, which a request target is made of.
    private static readonly SearchValues<byte> _targetCharacters =
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
        if (targetEnd <= methodEnd + 1 || line[(methodEnd + 1)..targetEnd].ContainsAnyExcept(_targetCharacters))
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

    /// <summary>The headers that the handshake depends on.</summary>
    private ref struct HandshakeFields
    {
        private int _hosts;
        private int _keys;
        private int _versions;
        private bool _upgrade;
        private bool _connection;
        private bool _body;
        private bool _version13;
        private bool _validHost;
        private bool _validKey;
        private bool _badSubprotocol;
        private List<string>? _subprotocols;

        /// <summary>Where the host stands in the head.</summary>
        public Range Host { get; private set; }

        /// <summary>Where the key stands in the head.</summary>
        public Range Key { get; private set; }

        public readonly IReadOnlyList<string> Subprotocols => (IReadOnlyList<string>?)_subprotocols ?? [];

        public void Take(ReadOnlySpan<byte> head, HeaderLine line)
        {
            var name = head[line.Name];
            var value = head[line.Value];
            if (HttpGrammar.IsName(name, "Host"u8))
            {
                _hosts++;
                _validHost = !value.IsEmpty;
                Host = line.Value;
            }
            else if (HttpGrammar.IsName(name, "Upgrade"u8))
            {
                _upgrade |= HttpGrammar.HasToken(value, "websocket"u8);
            }
            else if (HttpGrammar.IsName(name, "Connection"u8))
            {
                _connection |= HttpGrammar.HasToken(value, "upgrade"u8);
            }
            else if (HttpGrammar.IsName(name, "Sec-WebSocket-Key"u8))
            {
                _keys++;
                _validKey = IsKey(value);
                Key = line.Value;
            }
            else if (HttpGrammar.IsName(name, "Sec-WebSocket-Version"u8))
            {
                _versions++;
                _version13 = value.SequenceEqual("13"u8);
            }
            else if (HttpGrammar.IsName(name, "Sec-WebSocket-Protocol"u8))
            {
                TakeSubprotocols(value);
            }
            else if (HttpGrammar.IsName(name, "Transfer-Encoding"u8) || (HttpGrammar.IsName(name, "Content-Length"u8) && !value.SequenceEqual("0"u8)))
            {
                _body = true;
            }
        }

        public readonly HttpRefusal? Judge()
        {
            if (_hosts != 1 || !_validHost)
                return HttpRefusal.BadHost;
            if (_body)
                return HttpRefusal.HasBody;
            if (!_upgrade)
                return HttpRefusal.NotUpgrade;
            if (!_connection)
                return HttpRefusal.NotConnectionUpgrade;
            if (_versions != 1 || !_version13)
                return HttpRefusal.BadWebSocketVersion;
            if (_keys != 1 || !_validKey)
                return HttpRefusal.BadKey;
            return _badSubprotocol ? HttpRefusal.BadSubprotocol : null;
        }

        private void TakeSubprotocols(ReadOnlySpan<byte> value)
        {
            foreach (var range in value.Split((byte)','))
            {
                var token = value[range].Trim(" \t"u8);
                if (token.IsEmpty)
                    continue; // RFC 9110, section 5.6.1.2: empty elements are ignored.
                if (token.ContainsAnyExcept(HttpGrammar.TokenCharacters))
                {
                    _badSubprotocol = true;
                    return;
                }

                (_subprotocols ??= []).Add(Encoding.Latin1.GetString(token));
            }
        }

        private static bool IsKey(ReadOnlySpan<byte> value)
        {
            Span<byte> key = stackalloc byte[KeyLength + 2];
            return value.Length == KeyCharacters
                && Base64.DecodeFromUtf8(value, key, out var consumed, out var written) == OperationStatus.Done
                && consumed == KeyCharacters && written == KeyLength;
        }
    }
}
