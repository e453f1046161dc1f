using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets;

/// <summary>A server's response to an upgrade request (RFC 6455, section 4.2.2). Immutable. Its content is untrusted input.</summary>
public sealed class UpgradeResponse
{
    private readonly HeaderTable _headers;

    internal UpgradeResponse(int statusCode, string reasonPhrase, HeaderTable headers, string body)
    {
        StatusCode = statusCode;
        ReasonPhrase = reasonPhrase;
        _headers = headers;
        Body = body;
    }

    /// <summary>HTTP status code: 101 if the server has upgraded the connection, or 200 over HTTP/2.</summary>
    public int StatusCode { get; }

    /// <summary>Reason phrase of the status line; may be empty.</summary>
    public string ReasonPhrase { get; }

    /// <summary>
    /// Beginning of an error response's body, decoded as UTF-8: head and body together are limited by <see cref="WebSocketOptions.MaxHandshakeHeadLength"/>. Empty if a response over HTTP/1.1 has no
    /// <c>Content-Length</c>, for example with a chunked body.
    /// </summary>
    public string Body { get; }

    /// <summary>The header lines in order.</summary>
    public IEnumerable<KeyValuePair<string, string>> Headers => _headers.All;

    /// <summary>Returns the value of a header, or null. The values of a repeated header are joined with commas.</summary>
    /// <param name="name">The header's name, which is case-insensitive.</param>
    public string? GetHeader(string name) => _headers.Find(name);
}
