using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets;

/// <summary>A server's answer to a request to upgrade (RFC 6455, section 4.2.2). Immutable; safe to keep. As untrusted as any of the server's input.</summary>
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

    /// <summary>The HTTP status; 101 where the server has switched protocols.</summary>
    public int StatusCode { get; }

    /// <summary>The status in words, as the server has put it; may be empty.</summary>
    public string ReasonPhrase { get; }

    /// <summary>
    /// The beginning of a refusal's body, read as UTF-8; as much as the limit of a head has left room for. Empty where the response has no <c>Content-Length</c>, as one that is
    /// sent in chunks.
    /// </summary>
    public string Body { get; }

    /// <summary>Every header line in its order.</summary>
    public IEnumerable<KeyValuePair<string, string>> Headers => _headers.All;

    /// <summary>The value of a header; of a repeated one, the values joined with a comma; null where there is none.</summary>
    /// <param name="name">The header's name, in any case.</param>
    public string? GetHeader(string name) => _headers.Find(name);
}
