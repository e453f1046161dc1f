using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using TPacket.Server.Hosting;
using TPacket.WebSockets;
using TPacket.WebSockets.Handshake;

namespace TPacket.AspNetCore;

/// <summary>Handles the requests of a mapped path: validates the WebSocket handshake and serves the connection.</summary>
/// <param name="endpoint">Serves the clients.</param>
/// <param name="timeProvider">The server's clock.</param>
/// <param name="stopping">Cancelled when the app begins to stop, before its HTTP server waits for its requests.</param>
internal sealed class WebSocketEndpoint(TPacketHttpEndpoint endpoint, TimeProvider timeProvider, CancellationToken stopping)
{
    private const string WebSocket = "websocket";

    private static readonly HttpRefusal _badVersion = new(400, "A WebSocket handshake needs HTTP/1.1.");
    private static readonly HttpRefusal _notUpgradable = new(400, "This HTTP server cannot upgrade the request.");

    /// <summary>Handles a request. The task completes when the client has disconnected, so that the shutdown of the HTTP server waits for it.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var connect = context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: WebSocket } feature ? feature : null;
        var head = new HttpRequestHead(context.Request.Method, TargetOf(context), HeadersOf(context.Request))
        {
            IsExtendedConnect = connect is not null,
            Principal = context.User,
            LocalEndPoint = HttpContextUpgrade.EndPointOf(context.Connection.LocalIpAddress, context.Connection.LocalPort),
        };
        if (!UpgradeRequest.TryCreate(head, out var request, out var refusal))
        {
            await RefusalResponse.WriteAsync(context, refusal).ConfigureAwait(false);
            return;
        }

        // RFC 9110, section 7.8: a server ignores Upgrade in an HTTP/1.0 request. Kestrel would accept it.
        if (connect is null && !HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            await RefusalResponse.WriteAsync(context, _badVersion).ConfigureAwait(false);
            return;
        }

        var upgrade = context.Features.Get<IHttpUpgradeFeature>();
        if (connect is null && upgrade is not { IsUpgradableRequest: true })
        {
            await RefusalResponse.WriteAsync(context, _notUpgradable).ConfigureAwait(false);
            return;
        }

        var exchange = new HttpContextUpgrade(context, request, timeProvider, endpoint.Linger, connect, upgrade);
        await endpoint.ServeAsync(exchange, stopping).ConfigureAwait(false);
        await exchange.Released.ConfigureAwait(false);
    }

    // The raw target: the path of the request is decoded, and middleware may have removed a prefix.
    private static string TargetOf(HttpContext context) => context.Features.Get<IHttpRequestFeature>()?.RawTarget is { Length: > 0 } target
        ? target
        : context.Request.PathBase.Add(context.Request.Path).ToUriComponent() + context.Request.QueryString.ToUriComponent();

    private static IEnumerable<KeyValuePair<string, string>> HeadersOf(HttpRequest request)
    {
        foreach (var (name, values) in request.Headers)
        {
            foreach (var value in values)
                yield return new KeyValuePair<string, string>(name, value ?? "");
        }
    }
}
