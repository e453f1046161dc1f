namespace TPacket.WebSockets;

/// <summary>The HTTP error response to a request that is not upgraded.</summary>
/// <param name="StatusCode">The HTTP status code, 400 to 599.</param>
/// <param name="Text">The body, for people: one short sentence without a line break.</param>
/// <param name="Header">One additional header line without its line break, or null.</param>
public sealed record HttpRefusal(int StatusCode, string Text, string? Header = null)
{
    internal static readonly HttpRefusal NotHttp = new(400, "This is not an HTTP request.");
    internal static readonly HttpRefusal BadRequestLine = new(400, "The request line is malformed.");
    internal static readonly HttpRefusal BadHeader = new(400, "A header line is malformed.");
    internal static readonly HttpRefusal BadVersion = new(400, "A WebSocket handshake needs HTTP/1.1.");
    internal static readonly HttpRefusal HasBody = new(400, "A WebSocket handshake has no body.");
    internal static readonly HttpRefusal BadHost = new(400, "Exactly one Host header with a host is needed.");
    internal static readonly HttpRefusal NotConnectionUpgrade = new(400, "The Connection header has to contain Upgrade.");
    internal static readonly HttpRefusal BadKey = new(400, "Exactly one Sec-WebSocket-Key of 16 bytes in base64 is needed.");
    internal static readonly HttpRefusal BadSubprotocol = new(400, "The Sec-WebSocket-Protocol header is malformed.");
    internal static readonly HttpRefusal BadExtensions = new(400, "The Sec-WebSocket-Extensions header is malformed.");
    internal static readonly HttpRefusal NotWebSocket = new(400, "This is a WebSocket endpoint; connect with a WebSocket client.");
    internal static readonly HttpRefusal BadMethod = new(405, "A WebSocket handshake is a GET request.", "Allow: GET");
    internal static readonly HttpRefusal NotUpgrade = new(426, "This is a WebSocket server; connect with a WebSocket client.", "Sec-WebSocket-Version: 13");
    internal static readonly HttpRefusal BadWebSocketVersion = new(426, "This server speaks WebSocket version 13.", "Sec-WebSocket-Version: 13");
    internal static readonly HttpRefusal HeadTooLong = new(431, "The request head is too long.");
    internal static readonly HttpRefusal TooManyHeaders = new(431, "The request has too many header lines.");
    internal static readonly HttpRefusal TimedOut = new(408, "The request head did not arrive in time.");
    internal static readonly HttpRefusal PolicyFailed = new(500, "The server failed to process the request.");

    /// <summary>Whether the response has no body because it answers a HEAD request (RFC 9110, section 9.3.2).</summary>
    internal bool HasNoBody { get; init; }
}
