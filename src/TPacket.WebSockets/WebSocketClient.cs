using TPacket.Transports;
using TPacket.WebSockets.Connection;
using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets;

/// <summary>Connects to WebSocket servers (RFC 6455, section 4.1).</summary>
public static class WebSocketClient
{
    private static readonly TimeSpan _heartbeatPeriod = TimeSpan.FromSeconds(1);

    /// <summary>Upgrades a connection that the caller has made: through a proxy, over a stream, to a path of a Unix domain socket.</summary>
    /// <param name="transport">The connection, not started; the WebSocket owns it from here, also when upgrading fails.</param>
    /// <param name="uri">What is asked for: the scheme, host and port are for the request's <c>Host</c> only.</param>
    /// <param name="handler">Receives what happens; serves one connection.</param>
    /// <param name="options">What is asked for; the defaults where null.</param>
    /// <param name="cancellationToken">Gives up; the connection is released.</param>
    /// <returns>The open connection; the handler's <see cref="WebSocketHandler.OnOpen"/> was called.</returns>
    /// <exception cref="ArgumentException">The address, a header or a subprotocol cannot stand in a request.</exception>
    /// <exception cref="WebSocketConnectException">The server has not upgraded the connection.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async ValueTask<WebSocketConnection> UpgradeAsync(
        TransportConnection transport, Uri uri, WebSocketHandler handler, WebSocketClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(uri);
        ArgumentNullException.ThrowIfNull(handler);
        options ??= WebSocketClientOptions.Default;
        var offer = UpgradeOffer.Create(options.Subprotocols, options.Connection.Compression);
        var request = offer.WriteRequest(uri, options.Headers);
        var opening = new ClientOpening(offer);
        var heartbeat = options.Heartbeat ?? new Heartbeat(options.TimeProvider, _heartbeatPeriod);
        var connection = WebSocketConnection.Connect(transport, request, opening, handler, options.Connection, heartbeat, ownsHeartbeat: options.Heartbeat is null);
        await using (cancellationToken.UnsafeRegister(static state => ((WebSocketConnection)state!).Abort(), connection).ConfigureAwait(false))
        {
            try
            {
                await opening.Completion.ConfigureAwait(false);
            }
            catch (WebSocketConnectException) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellationToken);
            }
        }

        return connection;
    }
}
