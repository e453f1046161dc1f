using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Server.Diagnostics;
using TPacket.Server.Sessions;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Server.Hosting;

/// <summary>Accepts the connections of the server's endpoints. Called by the threads of the transport.</summary>
internal sealed class ConnectionAcceptor(
    SessionServices services, ConnectionLimits limits, OpenConnections connections, ServerMetrics metrics, IOptions<TPacketServerOptions> options, ILogger<ConnectionAcceptor> logger)
{
    private readonly WebSocketOptions _webSocketOptions = options.Value.ToWebSocketOptions();

    /// <summary>Serves a connection, or closes it when a limit is reached.</summary>
    /// <param name="transport">The connection.</param>
    /// <param name="proxied">The layer that has read the proxy's header: the connection itself or a layer below it; null if the endpoint expects no proxy.</param>
    public void Accept(TransportConnection transport, ProxiedConnection? proxied = null)
    {
        var remote = transport.RemoteEndPoint;
        connections.Begin();
        // If the header names no client, the address is the proxy's, and many clients share it.
        if (limits.Admit(remote, isAddressCounted: proxied?.HasClientAddress ?? true, out var place) is not null)
        {
            connections.Finish();
            transport.Close();
            return;
        }

        var session = new Session(services, place);
        connections.Add(session);
        metrics.ConnectionOpened();
        ConnectionLog.Accepted(logger, remote);
        try
        {
            WebSocketConnection.Accept(transport, session, _webSocketOptions, services.Heartbeat, proxied?.HeaderDuration ?? TimeSpan.Zero);
        }
        catch
        {
            connections.OnConnectionEnded(session);
            connections.OnCleanedUp(session);
            throw;
        }
    }

    /// <summary>Counts and logs a connection that the endpoint has closed because of a missing, invalid or untrusted PROXY header.</summary>
    public void OnProxyRefused(EndPoint? peer, ProxyHeaderException error)
    {
        // A load balancer checks that the port is open; no client was refused.
        if (error.IsBeforeFirstByte)
        {
            ConnectionLog.EndedBeforeHeader(logger, peer);
            return;
        }

        metrics.ConnectionRefused(nameof(TPacketEndpointOptions.ProxyProtocol));
        ConnectionLog.ProxyRefused(logger, peer, error.Message);
    }
}
