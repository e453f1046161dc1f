using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Claims;
using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets;

/// <summary>A client's valid upgrade request (RFC 6455, section 4.1). Immutable.</summary>
public sealed class UpgradeRequest
{
    private static readonly string[] _proxyHeaders = ["Forwarded", "X-Forwarded-For", "Via", "X-Original-For"];

    private readonly HeaderTable _headers;
    private readonly Range _target;
    private readonly Range _host;
    private readonly Range _key;

    internal UpgradeRequest(HeaderTable headers, in RequestTarget target, Range host, Range key, IReadOnlyList<string> subprotocols)
    {
        _headers = headers;
        _target = target.Resource;
        _host = target.IsAbsolute ? target.Authority : host;
        _key = key;
        Subprotocols = subprotocols;
    }

    /// <summary>The encoded path and query. If the client has sent an absolute URI (RFC 9112, section 3.2.2), without its scheme and host.</summary>
    public string Target => field ??= _headers.Text(_target) is ['/', ..] target ? target : "/" + _headers.Text(_target);

    /// <summary>The encoded path.</summary>
    public string Path => Target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var end ? Target[..end] : Target;

    /// <summary>The decoded parameters of the query; empty if there is none.</summary>
    public QueryParameters Query => field ??= new QueryParameters(Target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var end ? Target[(end + 1)..] : "");

    /// <summary>The host with an optional port: the <c>Host</c> header, or the authority of an absolute URI.</summary>
    public string Host => field ??= _headers.Text(_host);

    /// <summary>The <c>Origin</c> header, which browsers send (RFC 6455, section 10.2); null if it is missing.</summary>
    public string? Origin => GetHeader("Origin");

    /// <summary>The subprotocols that the client offers, in its order of preference.</summary>
    public IReadOnlyList<string> Subprotocols { get; }

    /// <summary>Whether an HTTP server has read the request and routed it by its path.</summary>
    internal bool IsRouted { get; init; }

    /// <summary>
    /// The address that the client has connected to; null if the transport has none. Behind a proxy that speaks the PROXY protocol, the address
    /// from the PROXY header.
    /// </summary>
    public EndPoint? LocalEndPoint { get; internal set; }

    /// <summary>
    /// Whether the request has passed a proxy: a PROXY header preceded it, or it has a header <c>Forwarded</c>, <c>X-Forwarded-For</c>, <c>Via</c>, or <c>X-Original-For</c>, which ASP.NET Core sets
    /// when it has processed <c>X-Forwarded-For</c>. Scripts of a web page cannot add these headers to a WebSocket's request; other clients can.
    /// </summary>
    public bool IsProxied => HasProxyHeader || _proxyHeaders.Any(name => GetHeader(name) is not null);

    /// <summary>The user that the HTTP server has authenticated; null if no HTTP server has read the request, or if that server has authenticated nobody.</summary>
    internal ClaimsPrincipal? Principal { get; init; }

    /// <summary>The header lines in order.</summary>
    public IEnumerable<KeyValuePair<string, string>> Headers => _headers.All;

    /// <summary>Whether a PROXY header preceded the request.</summary>
    internal bool HasProxyHeader { get; set; }

    /// <summary>The value of <c>Sec-WebSocket-Key</c> (section 4.1, step 7); empty over HTTP/2.</summary>
    internal ReadOnlySpan<byte> Key => _headers.Bytes(_key);

    /// <summary>Creates a request from the head that an HTTP server has read, with the validation of all requests (section 4.2.1).</summary>
    /// <param name="head">The head.</param>
    /// <param name="request">The request, if it is valid.</param>
    /// <param name="refusal">The error response, if the request is invalid.</param>
    internal static bool TryCreate(HttpRequestHead head, [NotNullWhen(true)] out UpgradeRequest? request, [NotNullWhen(false)] out HttpRefusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(head);
        refusal = RoutedRequestReader.Read(head, out request);
        return refusal is null;
    }

    /// <summary>Returns the value of a header, or null. The values of a repeated header are joined with commas.</summary>
    /// <param name="name">The header's name, which is case-insensitive.</param>
    public string? GetHeader(string name) => _headers.Find(name);
}
