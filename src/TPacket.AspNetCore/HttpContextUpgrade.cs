using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using TPacket.Server.Hosting;
using TPacket.Transports;
using TPacket.WebSockets;
using TPacket.WebSockets.Handshake;

namespace TPacket.AspNetCore;

/// <summary>An upgrade request of ASP.NET Core.</summary>
/// <param name="context">The HTTP context.</param>
/// <param name="request">The validated request.</param>
/// <param name="timeProvider">The server's clock.</param>
/// <param name="linger">The time for which the connection may continue to write after its close.</param>
/// <param name="connect">Accepts an extended CONNECT over HTTP/2; null over HTTP/1.1.</param>
/// <param name="upgrade">Upgrades a connection over HTTP/1.1.</param>
internal sealed class HttpContextUpgrade(
    HttpContext context, UpgradeRequest request, TimeProvider timeProvider, TimeSpan linger, IHttpExtendedConnectFeature? connect, IHttpUpgradeFeature? upgrade) : HttpUpgrade
{
    public override UpgradeRequest Request => request;

    // Middleware may have replaced the address by the forwarded address of a trusted proxy.
    public override EndPoint? RemoteEndPoint { get; } = EndPointOf(context.Connection.RemoteIpAddress, context.Connection.RemotePort);

    /// <summary>Completes when the connection no longer uses the HTTP context.</summary>
    public Task Released { get; private set; } = Task.CompletedTask;

    public override ValueTask RefuseAsync(HttpRefusal refusal) => new(RefusalResponse.WriteAsync(context, refusal));

    public override async ValueTask<TransportConnection> AcceptAsync(UpgradeAcceptance acceptance)
    {
        LiftLimits();
        var headers = context.Response.Headers;
        foreach (var (name, value) in acceptance.Headers)
            headers[name] = value;
        if (connect is null)
        {
            headers.Upgrade = "websocket";
            headers.Connection = "Upgrade";
        }

        var stream = await (connect?.AcceptAsync().AsTask() ?? upgrade!.UpgradeAsync()).ConfigureAwait(false);
        var local = EndPointOf(context.Connection.LocalIpAddress, context.Connection.LocalPort);
        var connection = new UpgradedConnection(stream, local, RemoteEndPoint, timeProvider, context, endsResponse: connect is not null) { Linger = linger };
        Released = connection.Released;
        return connection;
    }

    /// <summary>Removes the limits of HTTP requests, which do not suit a long-lived connection. The server's own limits and deadlines apply instead.</summary>
    private void LiftLimits()
    {
        var features = context.Features;
        features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        if (features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
            body.MaxRequestBodySize = null;
        if (features.Get<IHttpMinRequestBodyDataRateFeature>() is { } requestRate)
            requestRate.MinDataRate = null;
        if (features.Get<IHttpMinResponseDataRateFeature>() is { } responseRate)
            responseRate.MinDataRate = null;
    }

    internal static IPEndPoint? EndPointOf(IPAddress? address, int port) => address is null ? null : new IPEndPoint(address, port);
}
