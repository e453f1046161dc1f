using System.Net;
using System.Security.Claims;
using TPacket.WebSockets;

namespace TPacket.Server;

/// <summary>A client's request to connect, of the right form. Immutable; safe to keep.</summary>
/// <param name="upgrade">What the WebSocket layer has read.</param>
/// <param name="remoteEndPoint">The client's address.</param>
public sealed class HandshakeRequest(UpgradeRequest upgrade, EndPoint? remoteEndPoint)
{
    /// <summary>The path that was asked for, not decoded.</summary>
    public string Path => upgrade.Path;

    /// <summary>The parameters of the query, decoded: <c>request.Query["token"]</c>.</summary>
    public QueryParameters Query => upgrade.Query;

    /// <summary>The <c>Host</c> header, or the authority of an absolute address that was asked for: a host and perhaps a port.</summary>
    public string Host => upgrade.Host;

    /// <summary>The <c>Origin</c> header, which browsers send; null where there is none.</summary>
    public string? Origin => upgrade.Origin;

    /// <summary>The subprotocols that the client offers, in its order of preference.</summary>
    public IReadOnlyList<string> Subprotocols => upgrade.Subprotocols;

    /// <summary>Every header line in its order.</summary>
    public IEnumerable<KeyValuePair<string, string>> Headers => upgrade.Headers;

    /// <summary>The client's address, or null where the transport has none.</summary>
    public EndPoint? RemoteEndPoint => remoteEndPoint;

    /// <inheritdoc cref="UpgradeRequest.LocalEndPoint"/>
    public EndPoint? LocalEndPoint => upgrade.LocalEndPoint;

    /// <inheritdoc cref="UpgradeRequest.IsProxied"/>
    public bool IsProxied => upgrade.IsProxied;

    /// <inheritdoc cref="UpgradeRequest.IsRouted"/>
    public bool IsRouted => upgrade.IsRouted;

    /// <inheritdoc cref="UpgradeRequest.Principal"/>
    public ClaimsPrincipal? Principal => upgrade.Principal;

    /// <inheritdoc cref="UpgradeRequest.GetHeader"/>
    public string? GetHeader(string name) => upgrade.GetHeader(name);
}
