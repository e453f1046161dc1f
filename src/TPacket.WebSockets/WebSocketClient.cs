using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using TPacket.Transports;
using TPacket.WebSockets.Connection;
using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets;

/// <summary>Opens connections to WebSocket servers (RFC 6455, section 4.1).</summary>
public static class WebSocketClient
{
    private static readonly TimeSpan _heartbeatPeriod = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Connects to a server over TCP, with TLS if the scheme is <c>wss</c>, and upgrades the connection. Attempts to reach the addresses of a host name overlap (RFC 8305), so an address that does not
    /// answer delays the connection to the next address by 250 ms at most.
    /// </summary>
    /// <param name="uri">The server's address with the scheme <c>ws</c> or <c>wss</c>, and the path and query to request.</param>
    /// <param name="handler">The handler of this connection; a handler serves one connection only.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the attempt and releases the connection.</param>
    /// <returns>The open connection, after the handler's <see cref="WebSocketHandler.OnOpen"/> has returned.</returns>
    /// <exception cref="ArgumentException">The address, a header or a subprotocol is not valid in a request, or the HTTP version is not supported.</exception>
    /// <exception cref="WebSocketConnectException">The server cannot be reached, or it did not upgrade the connection.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async ValueTask<WebSocketConnection> ConnectAsync(
        Uri uri, WebSocketHandler handler, WebSocketClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(uri);
        ArgumentNullException.ThrowIfNull(handler);
        options ??= WebSocketClientOptions.Default;
        if (options.HttpVersion == HttpVersion.Version20)
            return await ConnectOverHttp2Async(uri, handler, options, cancellationToken).ConfigureAwait(false);
        // Invalid arguments throw before the attempt to connect.
        CheckIsHttp11(options);
        var offer = UpgradeOffer.Create(options.Subprotocols, options.Connection.Compression);
        var request = offer.WriteRequest(uri, options.Headers);
        var tls = uri.Scheme == "wss" ? TlsOptions(uri, options) : null;
        var transport = await ReachAsync(uri, options, cancellationToken).ConfigureAwait(false);
        if (tls is not null)
            transport = TlsConnection.AsClient(transport, tls, options.TimeProvider);
        return await OpenAsync(transport, new ClientOpening(offer) { Request = request }, handler, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Upgrades a connection that the caller has established, for example through a proxy, over a stream, or to a Unix domain socket.</summary>
    /// <param name="transport">The connection, not started. The WebSocket takes ownership of it, even if the upgrade fails.</param>
    /// <param name="uri">The path and query to request; scheme, host and port only determine the <c>Host</c> header.</param>
    /// <param name="handler">The handler of this connection; a handler serves one connection only.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the attempt and releases the connection.</param>
    /// <returns>The open connection, after the handler's <see cref="WebSocketHandler.OnOpen"/> has returned.</returns>
    /// <exception cref="ArgumentException">The address, a header or a subprotocol is not valid in a request, or the HTTP version is not 1.1.</exception>
    /// <exception cref="WebSocketConnectException">The server did not upgrade the connection.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async ValueTask<WebSocketConnection> UpgradeAsync(
        TransportConnection transport, Uri uri, WebSocketHandler handler, WebSocketClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(uri);
        ArgumentNullException.ThrowIfNull(handler);
        options ??= WebSocketClientOptions.Default;
        UpgradeOffer offer;
        byte[] request;
        try
        {
            CheckIsHttp11(options);
            offer = UpgradeOffer.Create(options.Subprotocols, options.Connection.Compression);
            request = offer.WriteRequest(uri, options.Headers);
        }
        catch
        {
            // The collections of headers and subprotocols are the caller's code and may throw any exception.
            transport.Close();
            throw;
        }

        return await OpenAsync(transport, new ClientOpening(offer) { Request = request }, handler, options, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<WebSocketConnection> ConnectOverHttp2Async(
        Uri uri, WebSocketHandler handler, WebSocketClientOptions options, CancellationToken cancellationToken)
    {
        UpgradeOffer.CheckAddress(uri);
        var offer = UpgradeOffer.Create(options.Subprotocols, options.Connection.Compression);
        var tls = uri.Scheme == "wss" ? TlsOptions(uri, options) : null;
        var answer = await WithinTimeoutAsync(uri, options, token => ExtendedConnect.RequestAsync(uri, offer, options, tls, Sockets(options), token), cancellationToken).ConfigureAwait(false);
        return await OpenAsync(answer.Transport, new ClientOpening(offer) { Answer = answer }, handler, options, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<WebSocketConnection> OpenAsync(
        TransportConnection transport, ClientOpening opening, WebSocketHandler handler, WebSocketClientOptions options, CancellationToken cancellationToken)
    {
        // Only a connection over the framework's HTTP/2 is read on the thread pool without showing whether its socket has unread input.
        var heartbeat = options.Heartbeat
            ?? (opening.Answer is null ? new Heartbeat(options.TimeProvider, _heartbeatPeriod, probe: null) : new Heartbeat(options.TimeProvider, _heartbeatPeriod));
        var connection = WebSocketConnection.Connect(transport, opening, handler, options.Connection, heartbeat, ownsHeartbeat: options.Heartbeat is null);
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

        if (cancellationToken.IsCancellationRequested)
        {
            connection.Abort();
            throw new OperationCanceledException(cancellationToken);
        }

        return connection;
    }

    private static async ValueTask<TransportConnection> ReachAsync(Uri uri, WebSocketClientOptions options, CancellationToken cancellationToken)
    {
        try
        {
            EndPoint endPoint = IPAddress.TryParse(uri.DnsSafeHost, out var address) ? new IPEndPoint(address, uri.Port) : new DnsEndPoint(uri.IdnHost, uri.Port);
            return await WithinTimeoutAsync(uri, options, token => Sockets(options).ConnectAsync(endPoint, token), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or IOException and not WebSocketConnectException)
        {
            throw new WebSocketConnectException(new ConnectionEnd(EndCause.TransportFailed, CloseStatus.AbnormalClosure, $"{uri.Authority}: {e.Message}"), null, e);
        }
    }

    /// <summary>Reaches a server within the handshake timeout.</summary>
    private static async ValueTask<T> WithinTimeoutAsync<T>(Uri uri, WebSocketClientOptions options, Func<CancellationToken, ValueTask<T>> reachAsync, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Connection.HandshakeTimeout, options.TimeProvider);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await reachAsync(giveUp.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            throw new WebSocketConnectException(new ConnectionEnd(EndCause.HandshakeTimeout, CloseStatus.AbnormalClosure, $"{uri.Authority} was not reached in time"), null);
        }
    }

    // Each call creates its own transport, which holds no resources.
    private static SocketTransport Sockets(WebSocketClientOptions options) =>
        options.Resolve is { } resolve ? new SocketTransport(options.TimeProvider) { Resolve = resolve } : new SocketTransport(options.TimeProvider);

    private static void CheckIsHttp11(WebSocketClientOptions options)
    {
        if (options.HttpVersion != HttpVersion.Version11)
            throw new ArgumentException($"HTTP/{options.HttpVersion} is not supported here.", nameof(options));
    }

    private static SslClientAuthenticationOptions TlsOptions(Uri uri, WebSocketClientOptions options)
    {
        var tls = TlsConnection.CreateClientOptions(uri.IdnHost);
        options.Tls?.Invoke(tls);
        return tls;
    }
}
