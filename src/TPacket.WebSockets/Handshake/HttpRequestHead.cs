using System.Net;
using System.Security.Claims;

namespace TPacket.WebSockets.Handshake;

/// <summary>The head of a request that an HTTP server has read.</summary>
/// <param name="method">The method.</param>
/// <param name="target">The encoded target in origin form or absolute form (RFC 9112, sections 3.2.1 and 3.2.2).</param>
/// <param name="headers">All header lines, including <c>Host</c>, also over HTTP/2. Enumerated twice.</param>
internal sealed class HttpRequestHead(string method, string target, IEnumerable<KeyValuePair<string, string>> headers)
{
    /// <summary>
    /// Whether the request is an extended CONNECT with the protocol <c>websocket</c> over HTTP/2 (RFC 8441), which has neither
    /// <c>Sec-WebSocket-Key</c> nor <c>Upgrade</c>.
    /// </summary>
    public bool IsExtendedConnect { get; init; }

    /// <summary>The user that the HTTP server has authenticated; null if it knows none.</summary>
    public ClaimsPrincipal? Principal { get; init; }

    /// <summary>Local address of the HTTP connection; null if the HTTP server does not know it.</summary>
    public EndPoint? LocalEndPoint { get; init; }

    public string Method => method;

    public string Target => target;

    public IEnumerable<KeyValuePair<string, string>> Headers => headers;
}
