using System.Net;
using System.Security.Claims;
using TPacket.WebSockets;

namespace TPacket.Server;

/// <summary>A client's request to connect, of the right form. Immutable; safe to keep.</summary>
public sealed class HandshakeRequest
{
    private readonly UpgradeRequest _upgrade;

    internal HandshakeRequest(UpgradeRequest upgrade, EndPoint? remoteEndPoint)
    {
        _upgrade = upgrade;
        RemoteEndPoint = remoteEndPoint;
    }

    /// <summary>The path that was asked for, not decoded.</summary>
    public string Path => _upgrade.Path;

    /// <summary>The parameters of the query, decoded: <c>request.Query["token"]</c>.</summary>
    public QueryParameters Query => _upgrade.Query;

    /// <summary>The <c>Host</c> header, or the authority of an absolute address that was asked for: a host and perhaps a port.</summary>
    public string Host => _upgrade.Host;

    /// <summary>The <c>Origin</c> header, which browsers send; null where there is none.</summary>
    public string? Origin => _upgrade.Origin;

    /// <summary>The subprotocols that the client offers, in its order of preference.</summary>
    public IReadOnlyList<string> Subprotocols => _upgrade.Subprotocols;

    /// <summary>Every header line in its order.</summary>
    public IEnumerable<KeyValuePair<string, string>> Headers => _upgrade.Headers;

    /// <summary>The client's address, or null where the transport has none.</summary>
    public EndPoint? RemoteEndPoint { get; }

    /// <inheritdoc cref="UpgradeRequest.LocalEndPoint"/>
    public EndPoint? LocalEndPoint => _upgrade.LocalEndPoint;

    /// <inheritdoc cref="UpgradeRequest.IsProxied"/>
    public bool IsProxied => _upgrade.IsProxied;

    /// <summary>Whether an HTTP server has read the request and routed it by its path.</summary>
    public bool IsRouted => _upgrade.IsRouted;

    /// <summary>The user that the HTTP server has authenticated; null where no HTTP server has read the request, or where it knows no user.</summary>
    public ClaimsPrincipal? Principal => _upgrade.Principal;

    /// <inheritdoc cref="UpgradeRequest.GetHeader"/>
    public string? GetHeader(string name) => _upgrade.GetHeader(name);
}
