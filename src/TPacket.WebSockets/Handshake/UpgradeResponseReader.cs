using System.Globalization;
using System.Text;
using TPacket.WebSockets.Compression;

namespace TPacket.WebSockets.Handshake;

/// <summary>Reads a server's answer and holds it against what was asked for (RFC 6455, section 4.1). Pure; nothing that a peer sends makes it throw.</summary>
internal static class UpgradeResponseReader
{
    private const int SwitchingProtocols = 101;
    private const int Ok = 200;
    private const string TooLong = "the response head is too long";

    /// <summary>Reads a response from its first byte.</summary>
    /// <param name="source">What has arrived.</param>
    /// <param name="offer">What was asked for.</param>
    /// <param name="maxLength">Longest head in bytes, its empty line included; what it leaves is for the body of a refusal.</param>
    /// <param name="maxHeaders">Most header lines.</param>
    /// <param name="response">The response, when it was accepted or refused.</param>
    /// <param name="agreement">What was agreed on, when it was accepted.</param>
    /// <param name="consumed">The head's length in bytes, when it was accepted; what follows are frames.</param>
    /// <param name="violation">What is wrong, where something is.</param>
    public static ResponseReadStatus TryRead(
        ReadOnlySpan<byte> source, UpgradeOffer offer, int maxLength, int maxHeaders, out UpgradeResponse? response, out UpgradeAgreement agreement, out int consumed, out string? violation)
    {
        consumed = 0;
        response = null;
        agreement = default;
        while (true)
        {
            var rest = source[consumed..];
            var end = rest.IndexOf("\r\n\r\n"u8);
            if (end < 0 || consumed + end + 4 > maxLength)
                return JudgeUnfinished(rest, tooLong: end >= 0 || source.Length >= maxLength, out violation);
            var head = rest[..(end + 2)];
            var lineEnd = head.IndexOf("\r\n"u8);
            violation = TryReadStatusLine(head[..lineEnd], out var status);
            var fields = new Fields();
            if (violation is not null || !TryReadHeaders(head, lineEnd + 2, maxHeaders, fields, out violation))
                return ResponseReadStatus.Violation;
            consumed += end + 4;
            // Of other answers in between (RFC 9110, section 15.2) a WebSocket has no use.
            if (status is >= 100 and < 200 and not SwitchingProtocols)
                continue;
            if (status == SwitchingProtocols)
            {
                response = ToResponse(status, head, "");
                violation = fields.Judge(offer, out agreement);
                return violation is null ? ResponseReadStatus.Accepted : ResponseReadStatus.Violation;
            }

            return ReadBody(source[consumed..], maxLength - consumed, status, head, fields, out response);
        }
    }

    /// <summary>Judges a response over HTTP/2 (RFC 8441, section 5) that an HTTP client has read.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="reason">The status in words.</param>
    /// <param name="head">The header lines, as HTTP/1.1 would have them.</param>
    /// <param name="body">What a refusal says for people.</param>
    /// <param name="offer">What was asked for.</param>
    /// <param name="maxLength">Longest head in bytes.</param>
    /// <param name="maxHeaders">Most header lines.</param>
    /// <param name="response">The response, when it was accepted or refused.</param>
    /// <param name="agreement">What was agreed on, when it was accepted.</param>
    /// <param name="violation">What is wrong, where something is.</param>
    public static ResponseReadStatus JudgeExtendedConnect(
        int status, string reason, byte[] head, string body, UpgradeOffer offer, int maxLength, int maxHeaders, out UpgradeResponse? response, out UpgradeAgreement agreement, out string? violation)
    {
        response = null;
        agreement = default;
        violation = head.Length > maxLength ? TooLong : null;
        var fields = new Fields();
        if (violation is not null || !TryReadHeaders(head, 0, maxHeaders, fields, out violation))
            return ResponseReadStatus.Violation;
        response = new UpgradeResponse(status, reason, new HeaderTable(head, 0), body);
        if (status != Ok)
            return ResponseReadStatus.Refused;
        violation = fields.JudgeAgreement(offer, out agreement);
        return violation is null ? ResponseReadStatus.Accepted : ResponseReadStatus.Violation;
    }

    /// <summary>What cannot become a response fails before its end has arrived.</summary>
    private static ResponseReadStatus JudgeUnfinished(ReadOnlySpan<byte> rest, bool tooLong, out string? violation)
    {
        var expected = "HTTP/1.1 "u8;
        var length = Math.Min(rest.Length, expected.Length);
        violation = !rest[..length].SequenceEqual(expected[..length]) ? "the answer is not HTTP/1.1"
            : tooLong ? TooLong
            : null;
        return violation is null ? ResponseReadStatus.NeedMore : ResponseReadStatus.Violation;
    }

    private static bool TryReadHeaders(ReadOnlySpan<byte> head, int start, int maxHeaders, Fields fields, out string? violation)
    {
        violation = null;
        var headers = 0;
        for (int lineEnd; violation is null && start < head.Length; start = lineEnd + 2)
        {
            lineEnd = start + head[start..].IndexOf("\r\n"u8);
            if (headers++ == maxHeaders)
                violation = "the response has too many header lines";
            else if (!HttpGrammar.TryReadHeader(head, start, lineEnd, out var line))
                violation = "a header line is malformed";
            else
                fields.Take(head[line.Name], head[line.Value]);
        }

        return violation is null;
    }

    /// <summary>RFC 9112, section 4; the reason may be missing with its space, as some servers have it.</summary>
    private static string? TryReadStatusLine(ReadOnlySpan<byte> line, out int status)
    {
        status = 0;
        if (!line.StartsWith("HTTP/1.1 "u8))
            return "the answer is not HTTP/1.1";
        var rest = line[9..];
        if (rest.Length < 3 || rest[..3].ContainsAnyExceptInRange((byte)'0', (byte)'9') || rest[0] == '0' || (rest.Length > 3 && rest[3] != ' ')
            || rest[3..].ContainsAnyExcept(HttpGrammar.ValueCharacters))
            return "the status line is malformed";
        status = int.Parse(rest[..3], CultureInfo.InvariantCulture);
        return null;
    }

    /// <summary>A refusal is told with what it says for people, as far as that is announced and there is room for it.</summary>
    private static ResponseReadStatus ReadBody(ReadOnlySpan<byte> rest, int room, int status, ReadOnlySpan<byte> head, Fields fields, out UpgradeResponse? response)
    {
        response = null;
        var length = (int)Math.Min(fields.ContentLength, Math.Max(room, 0));
        if (rest.Length < length)
            return ResponseReadStatus.NeedMore;
        response = ToResponse(status, head, Encoding.UTF8.GetString(rest[..length]));
        return ResponseReadStatus.Refused;
    }

    private static UpgradeResponse ToResponse(int status, ReadOnlySpan<byte> head, string body)
    {
        var line = head[..head.IndexOf("\r\n"u8)];
        var reason = line.Length > 13 ? Encoding.Latin1.GetString(line[13..]) : "";
        return new UpgradeResponse(status, reason, new HeaderTable(head.ToArray(), line.Length + 2), body);
    }

    /// <summary>The headers that the handshake depends on.</summary>
    private sealed class Fields
    {
        private int _upgrades;
        private int _accepts;
        private int _subprotocols;
        private bool _websocket;
        private bool _connection;
        private string? _accept;
        private string? _subprotocol;
        private string? _extensions;

        /// <summary>How long the body is said to be; 0 where that is not said in one plain number.</summary>
        public long ContentLength { get; private set; }

        public void Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
        {
            if (HttpGrammar.IsName(name, "Upgrade"u8))
            {
                _upgrades++;
                _websocket = Ascii.EqualsIgnoreCase(value, "websocket"u8);
            }
            else if (HttpGrammar.IsName(name, "Connection"u8))
            {
                _connection |= HttpGrammar.HasToken(value, "upgrade"u8);
            }
            else if (HttpGrammar.IsName(name, "Sec-WebSocket-Accept"u8))
            {
                _accepts++;
                _accept = Encoding.Latin1.GetString(value);
            }
            else if (HttpGrammar.IsName(name, "Sec-WebSocket-Protocol"u8))
            {
                _subprotocols++;
                _subprotocol = Encoding.Latin1.GetString(value);
            }
            else if (HttpGrammar.IsName(name, "Sec-WebSocket-Extensions"u8))
            {
                var text = Encoding.Latin1.GetString(value);
                _extensions = _extensions is null ? text : $"{_extensions}, {text}";
            }
            else if (HttpGrammar.IsName(name, "Content-Length"u8))
            {
                ContentLength = value.Length is > 0 and < 10 && !value.ContainsAnyExceptInRange((byte)'0', (byte)'9') ? long.Parse(value, CultureInfo.InvariantCulture) : 0;
            }
        }

        /// <summary>Section 4.1, the list behind "once the client's opening handshake has been sent".</summary>
        public string? Judge(UpgradeOffer offer, out UpgradeAgreement agreement)
        {
            agreement = default;
            if (_upgrades != 1 || !_websocket)
                return "the Upgrade header is not websocket";
            if (!_connection)
                return "the Connection header has no Upgrade";
            if (_accepts != 1 || !Ascii.Equals(offer.Accept.Span, _accept))
                return "the Sec-WebSocket-Accept header does not answer the key";
            return JudgeAgreement(offer, out agreement);
        }

        /// <summary>What every version of HTTP has of that list.</summary>
        public string? JudgeAgreement(UpgradeOffer offer, out UpgradeAgreement agreement)
        {
            agreement = default;
            if (_subprotocols > 1 || (_subprotocol is not null && !offer.Subprotocols.Contains(_subprotocol)))
                return "a subprotocol that was not asked for";
            DeflateParameters? compression = null;
            if (_extensions is not null)
            {
                // RFC 6455, sections 4.1 and 9.1: also one that is malformed.
                if (offer.Compression is not { } offered || ClientNegotiation.Judge(Encoding.Latin1.GetBytes(_extensions), offered, out var parameters) != NegotiationStatus.Agreed)
                    return "an extension that was not asked for";
                compression = parameters;
            }

            agreement = new UpgradeAgreement(_subprotocol, compression);
            return null;
        }
    }
}
