using System.Globalization;
using System.Text;
using TPacket.WebSockets.Compression;

namespace TPacket.WebSockets.Handshake;

/// <summary>
/// Reads a server's response and checks it against the client's offer (RFC 6455, section 4.1). It does no I/O and does not throw for invalid input.
/// </summary>
internal static class UpgradeResponseReader
{
    private const int SwitchingProtocols = 101;
    private const int Ok = 200;
    private const string TooLong = "the response head is too long";

    /// <summary>Reads a response over HTTP/1.1.</summary>
    /// <param name="source">The bytes that have arrived, from the response's first byte.</param>
    /// <param name="offer">The client's offer.</param>
    /// <param name="maxLength">Maximum length in bytes of the head, including its empty line, together with the body of an error response.</param>
    /// <param name="maxHeaders">Maximum number of header lines.</param>
    /// <param name="response">The response; null if it is incomplete or the result is a violation of the head's grammar.</param>
    /// <param name="agreement">The negotiated subprotocol and compression, if the server has accepted.</param>
    /// <param name="consumed">Length of the head in bytes, if the server has accepted. Frames follow.</param>
    /// <param name="violation">A description of the violation; null if there is none.</param>
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
                return RejectIncomplete(rest, tooLong: end >= 0 || source.Length >= maxLength, out violation);
            var head = rest[..(end + 2)];
            var lineEnd = head.IndexOf("\r\n"u8);
            violation = TryReadStatusLine(head[..lineEnd], out var status);
            var fields = new Fields();
            if (violation is not null || !TryReadHeaders(head, lineEnd + 2, maxHeaders, fields, out violation))
                return ResponseReadStatus.Violation;
            consumed += end + 4;
            // Ignores other interim responses (RFC 9110, section 15.2).
            if (status is >= 100 and < 200 and not SwitchingProtocols)
                continue;
            if (status == SwitchingProtocols)
            {
                response = ToResponse(status, head, "");
                violation = fields.Validate(offer, out agreement);
                return violation is null ? ResponseReadStatus.Accepted : ResponseReadStatus.Violation;
            }

            return ReadBody(source[consumed..], maxLength - consumed, status, head, fields, out response);
        }
    }

    /// <summary>Reads a response over HTTP/2 (RFC 8441, section 5) from an HTTP client.</summary>
    /// <param name="status">The HTTP status code.</param>
    /// <param name="reason">The reason phrase.</param>
    /// <param name="head">The headers as header lines of HTTP/1.1.</param>
    /// <param name="body">The beginning of an error response's body.</param>
    /// <param name="offer">The client's offer.</param>
    /// <param name="maxLength">Maximum length of the head in bytes.</param>
    /// <param name="maxHeaders">Maximum number of header lines.</param>
    /// <param name="response">The response; null if the head violates the grammar or a limit.</param>
    /// <param name="agreement">The negotiated subprotocol and compression, if the server has accepted.</param>
    /// <param name="violation">A description of the violation; null if there is none.</param>
    public static ResponseReadStatus ReadExtendedConnect(
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
        violation = fields.ValidateAgreement(offer, out agreement);
        return violation is null ? ResponseReadStatus.Accepted : ResponseReadStatus.Violation;
    }

    /// <summary>Rejects an incomplete head that cannot become a valid response.</summary>
    private static ResponseReadStatus RejectIncomplete(ReadOnlySpan<byte> rest, bool tooLong, out string? violation)
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

    /// <summary>Reads a status line (RFC 9112, section 4). Accepts a missing reason phrase without its space, which some servers send.</summary>
    /// <returns>A description of the violation; null if there is none.</returns>
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

    /// <summary>Reads the body of an error response, up to its announced length and the limit.</summary>
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

    /// <summary>The response headers that the opening handshake depends on.</summary>
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

        /// <summary>Value of the last <c>Content-Length</c> header; 0 if it is missing or not a number of at most nine digits.</summary>
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

        /// <summary>Validates a response of status 101 (RFC 6455, section 4.1, the requirements for the server's response).</summary>
        /// <returns>A description of the violation; null if there is none.</returns>
        public string? Validate(UpgradeOffer offer, out UpgradeAgreement agreement)
        {
            agreement = default;
            if (_upgrades != 1 || !_websocket)
                return "the Upgrade header is not websocket";
            if (!_connection)
                return "the Connection header has no Upgrade";
            if (_accepts != 1 || !Ascii.Equals(offer.Accept.Span, _accept))
                return "the Sec-WebSocket-Accept header does not answer the key";
            return ValidateAgreement(offer, out agreement);
        }

        /// <summary>Validates the headers that HTTP/1.1 and HTTP/2 have in common.</summary>
        /// <returns>A description of the violation; null if there is none.</returns>
        public string? ValidateAgreement(UpgradeOffer offer, out UpgradeAgreement agreement)
        {
            agreement = default;
            if (_subprotocols > 1 || (_subprotocol is not null && !offer.Subprotocols.Contains(_subprotocol)))
                return "a subprotocol that the client did not offer";
            DeflateParameters? compression = null;
            if (_extensions is not null)
            {
                // Includes a malformed header (RFC 6455, sections 4.1 and 9.1).
                if (offer.Compression is not { } offered || ClientNegotiation.ReadResponse(Encoding.Latin1.GetBytes(_extensions), offered, out var parameters) != NegotiationStatus.Agreed)
                    return "an extension that the client did not offer";
                compression = parameters;
            }

            agreement = new UpgradeAgreement(_subprotocol, compression);
            return null;
        }
    }
}
