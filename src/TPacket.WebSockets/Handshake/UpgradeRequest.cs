using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Claims;
using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets;

/// <summary>A client's request to upgrade (RFC 6455, section 4.1), of the right form. Immutable; safe to keep.</summary>
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

    /// <summary>The path and perhaps a query, as they were sent; of an absolute address (RFC 9112, section 3.2.2) what follows its host.</summary>
    public string Target => field ??= _headers.Text(_target) is ['/', ..] target ? target : "/" + _headers.Text(_target);

    /// <summary>The target's path, not decoded.</summary>
    public string Path => Target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var end ? Target[..end] : Target;

    /// <summary>The target's query, decoded; without parameters where there is none.</summary>
    public QueryParameters Query => field ??= new QueryParameters(Target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var end ? Target[(end + 1)..] : "");

    /// <summary>The <c>Host</c> header, or the authority of an absolute address that was asked for: a host and perhaps a port.</summary>
    public string Host => field ??= _headers.Text(_host);

    /// <summary>The <c>Origin</c> header, which browsers send; null where there is none.</summary>
    public string? Origin => GetHeader("Origin");

    /// <summary>The subprotocols that the client offers, in its order of preference.</summary>
    public IReadOnlyList<string> Subprotocols { get; }

    /// <summary>Whether an HTTP server has read the request, and has chosen by its path who answers.</summary>
    internal bool IsRouted { get; init; }

    /// <summary>The address that the client has connected to, or null where the transport has none. Behind a proxy that speaks the PROXY protocol, the proxy's.</summary>
    public EndPoint? LocalEndPoint { get; internal set; }

    /// <summary>
    /// Whether the request has come through a proxy: one that has told the client's address in a PROXY header, or has added <c>Forwarded</c>, <c>X-Forwarded-For</c> or <c>Via</c>, or whose
    /// <c>X-Forwarded-For</c> ASP.NET Core has taken (<c>X-Original-For</c>). A page cannot add a header to a WebSocket's request; another client can.
    /// </summary>
    public bool IsProxied => HasProxyHeader || _proxyHeaders.Any(name => GetHeader(name) is not null);

    /// <summary>Who asks, as the HTTP server knows that has read the request; null where none has, or where it does not know.</summary>
    internal ClaimsPrincipal? Principal { get; init; }

    /// <summary>Every header line in its order.</summary>
    public IEnumerable<KeyValuePair<string, string>> Headers => _headers.All;

    /// <summary>Whether a PROXY header came before the request.</summary>
    internal bool HasProxyHeader { get; set; }

    /// <summary>The nonce of section 4.1, which the answer proves to have read, in base64; empty over HTTP/2, which has none.</summary>
    internal ReadOnlySpan<byte> Key => _headers.Bytes(_key);

    /// <summary>Judges a request that an HTTP server has read, as this library judges those that it reads itself (section 4.2.1).</summary>
    /// <param name="head">What the server has read.</param>
    /// <param name="request">The request, when it is of the right form.</param>
    /// <param name="refusal">The answer, when it is not.</param>
    internal static bool TryCreate(HttpRequestHead head, [NotNullWhen(true)] out UpgradeRequest? request, [NotNullWhen(false)] out HttpRefusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(head);
        refusal = RoutedRequestReader.Read(head, out request);
        return refusal is null;
    }

    /// <summary>The value of a header; of a repeated one, the values joined with a comma; null where there is none.</summary>
    /// <param name="name">The header's name, in any case.</param>
    public string? GetHeader(string name) => _headers.Find(name);
}
