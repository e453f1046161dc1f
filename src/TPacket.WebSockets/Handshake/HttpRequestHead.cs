using System.Net;
using System.Security.Claims;

namespace TPacket.WebSockets.Handshake;

/// <summary>The head of a request that an HTTP server has read.</summary>
/// <param name="method">The method.</param>
/// <param name="target">The target as it was sent: a path and perhaps a query, or an address that begins with a scheme (RFC 9112, sections 3.2.1 and 3.2.2).</param>
/// <param name="headers">Every header line; <c>Host</c> is among them, over HTTP/2 too. Read twice.</param>
internal sealed class HttpRequestHead(string method, string target, IEnumerable<KeyValuePair<string, string>> headers)
{
    /// <summary>Whether it is an extended CONNECT to <c>websocket</c> over HTTP/2 (RFC 8441), which has neither key nor <c>Upgrade</c>.</summary>
    public bool IsExtendedConnect { get; init; }

    /// <summary>Who asks, as far as the server knows.</summary>
    public ClaimsPrincipal? Principal { get; init; }

    /// <summary>The address at which the server was connected to; null where it does not know.</summary>
    public EndPoint? LocalEndPoint { get; init; }

    public string Method => method;

    public string Target => target;

    public IEnumerable<KeyValuePair<string, string>> Headers => headers;
}
