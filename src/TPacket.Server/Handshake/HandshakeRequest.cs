using System.Net;
using System.Security.Claims;
using TPacket.WebSockets;

namespace TPacket.Server;

/// <summary>A well-formed handshake request of a client. Immutable; it may be kept.</summary>
/// <param name="upgrade">The request as parsed by the WebSocket layer.</param>
/// <param name="remoteEndPoint">The client's address.</param>
public sealed class HandshakeRequest(UpgradeRequest upgrade, EndPoint? remoteEndPoint)
{
    /// <summary>The requested path, not percent-decoded.</summary>
    public string Path => upgrade.Path;

    /// <summary>The decoded query parameters, such as <c>request.Query["token"]</c>.</summary>
    public QueryParameters Query => upgrade.Query;

    /// <summary>The requested host with an optional port, from the <c>Host</c> header or from an absolute request target.</summary>
    public string Host => upgrade.Host;

    /// <summary>The <c>Origin</c> header, which browsers send; null if there is none.</summary>
    public string? Origin => upgrade.Origin;

    /// <summary>The subprotocols that the client offers, in its order of preference.</summary>
    public IReadOnlyList<string> Subprotocols => upgrade.Subprotocols;

    /// <summary>All header lines, in their order.</summary>
    public IEnumerable<KeyValuePair<string, string>> Headers => upgrade.Headers;

    /// <summary>The client's address; null if the transport has none.</summary>
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
