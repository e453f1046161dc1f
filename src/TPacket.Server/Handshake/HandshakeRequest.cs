using System.Net;
using System.Security.Claims;
using TPacket.WebSockets;

namespace TPacket.Server;

/// <summary>A well-formed handshake request of a client. Immutable; it may be kept.</summary>
public sealed class HandshakeRequest
{
    private readonly UpgradeRequest _upgrade;

    internal HandshakeRequest(UpgradeRequest upgrade, EndPoint? remoteEndPoint)
    {
        _upgrade = upgrade;
        RemoteEndPoint = remoteEndPoint;
    }

    /// <summary>The requested path, not percent-decoded.</summary>
    public string Path => _upgrade.Path;

    /// <summary>The decoded query parameters, such as <c>request.Query["token"]</c>.</summary>
    public QueryParameters Query => _upgrade.Query;

    /// <summary>The requested host with an optional port, from the <c>Host</c> header or from an absolute request target.</summary>
    public string Host => _upgrade.Host;

    /// <summary>The <c>Origin</c> header, which browsers send; null if there is none.</summary>
    public string? Origin => _upgrade.Origin;

    /// <summary>The subprotocols that the client offers, in its order of preference.</summary>
    public IReadOnlyList<string> Subprotocols => _upgrade.Subprotocols;

    /// <summary>All header lines, in their order.</summary>
    public IEnumerable<KeyValuePair<string, string>> Headers => _upgrade.Headers;

    /// <summary>The client's address; null if the transport has none.</summary>
    public EndPoint? RemoteEndPoint { get; }

    /// <inheritdoc cref="UpgradeRequest.LocalEndPoint"/>
    public EndPoint? LocalEndPoint => _upgrade.LocalEndPoint;

    /// <inheritdoc cref="UpgradeRequest.IsProxied"/>
    public bool IsProxied => _upgrade.IsProxied;

    /// <summary>Whether an HTTP server has parsed the request and routed it by its path.</summary>
    public bool IsRouted => _upgrade.IsRouted;

    /// <summary>
    /// The principal that the HTTP server has authenticated; null if no HTTP server has parsed the request, or if the HTTP server has authenticated nobody.
    /// </summary>
    public ClaimsPrincipal? Principal => _upgrade.Principal;

    /// <inheritdoc cref="UpgradeRequest.GetHeader"/>
    public string? GetHeader(string name) => _upgrade.GetHeader(name);
}
