using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using TPacket.Transports;
using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets.Connection;

/// <summary>
/// Requests a WebSocket over HTTP/2 by extended CONNECT (RFC 8441). The framework implements HTTP/2, and this library implements the WebSocket
/// on the opened stream.
/// </summary>
internal static class ExtendedConnect
{
    private const int BytesPerKibibyte = 1024;

    /// <summary>Connects to the server, sends the request and reads the response.</summary>
    /// <param name="uri">The server's address with the scheme <c>ws</c> or <c>wss</c>, and the path and query to request.</param>
    /// <param name="offer">The subprotocols and extensions to offer.</param>
    /// <param name="options">Headers and limits.</param>
    /// <param name="tls">TLS options; null for a connection without TLS.</param>
    /// <param name="sockets">Transport that connects to the server.</param>
    /// <param name="cancellationToken">Cancels the attempt and releases the connection.</param>
    /// <exception cref="ArgumentException">The framework's HTTP client does not accept a header.</exception>
    /// <exception cref="WebSocketConnectException">The server cannot be reached, or did not answer.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async ValueTask<ExtendedConnectAnswer> RequestAsync(
        Uri uri, UpgradeOffer offer, WebSocketClientOptions options, SslClientAuthenticationOptions? tls, SocketTransport sockets, CancellationToken cancellationToken)
    {
        var link = new Link(sockets, tls);
        var client = new HttpMessageInvoker(CreateHandler(link, options.Connection));
        HttpResponseMessage? response = null;
        try
        {
            response = await client.SendAsync(CreateRequest(uri, offer, options), cancellationToken).ConfigureAwait(false);
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            var head = HeadOf(response);
            var body = response.IsSuccessStatusCode ? "" : await ReadBodyAsync(stream, options.Connection.MaxHandshakeHeadLength - head.Length, cancellationToken).ConfigureAwait(false);
            var status = UpgradeResponseReader.ReadExtendedConnect(
                (int)response.StatusCode, response.ReasonPhrase ?? "", head, body, offer, options.Connection.MaxHandshakeHeadLength, options.Connection.MaxHandshakeHeaders,
                out var read, out var agreement, out var violation);
            return new ExtendedConnectAnswer(new AnsweredConnection(stream, link, response, client, options.TimeProvider), status, read, agreement, violation);
        }
        catch (Exception e)
        {
            response?.Dispose();
            client.Dispose();
            link.Dispose();
            if (e is not (HttpRequestException or IOException))
                throw;
            var (cause, error) = Explain(e);
            throw new WebSocketConnectException(new ConnectionEnd(cause, CloseStatus.AbnormalClosure, $"{uri.Authority}: {error.Message}"), null, error);
        }
    }

    private static SocketsHttpHandler CreateHandler(Link link, WebSocketOptions options) => new()
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        ConnectCallback = link.ConnectAsync,
        // The caller's token has the timeout, by the clock of the options, and cancels the link.
        ConnectTimeout = Timeout.InfiniteTimeSpan,
        // In kibibytes, rounded up; UpgradeResponseReader checks the exact length.
        MaxResponseHeadersLength = (options.MaxHandshakeHeadLength / BytesPerKibibyte) + 1,
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        UseCookies = false,
        UseProxy = false,
    };

    private static HttpRequestMessage CreateRequest(Uri uri, UpgradeOffer offer, WebSocketClientOptions options)
    {
        var address = new UriBuilder(uri) { Scheme = uri.Scheme == "wss" ? Uri.UriSchemeHttps : Uri.UriSchemeHttp, Port = uri.Port }.Uri;
        var request = new HttpRequestMessage(HttpMethod.Connect, address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Protocol = "websocket";
        request.Headers.Add("Sec-WebSocket-Version", "13");
        foreach (var (name, value) in offer.WriteHeaders(options.Headers))
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                throw new ArgumentException($"The header {name} is not valid in a request.");
        }

        return request;
    }

    /// <summary>Writes the response's headers as header lines of HTTP/1.1.</summary>
    private static byte[] HeadOf(HttpResponseMessage response)
    {
        var head = new StringBuilder();
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            foreach (var value in values)
                head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        return Encoding.Latin1.GetBytes(head.ToString());
    }

    /// <summary>Reads the beginning of an error response's body, up to the number of bytes that the head leaves within the limit.</summary>
    private static async ValueTask<string> ReadBodyAsync(Stream stream, int room, CancellationToken cancellationToken)
    {
        var body = new byte[Math.Max(0, room)];
        var length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(body, 0, length);
    }

    /// <summary>Translates an exception of the HTTP client to the cause and error that a connection over HTTP/1.1 reports.</summary>
    private static (EndCause Cause, Exception Error) Explain(Exception error)
    {
        if (error.InnerException is AuthenticationException refused)
            return (EndCause.TlsFailed, new TlsHandshakeException(TlsHandshakeFailure.Refused, $"The TLS handshake failed: {(refused.InnerException ?? refused).Message}", refused));
        var cause = ((error as HttpRequestException)?.HttpRequestError ?? (error as HttpIOException)?.HttpRequestError) switch
        {
            HttpRequestError.ExtendedConnectNotSupported or HttpRequestError.VersionNegotiationError or HttpRequestError.HttpProtocolError or HttpRequestError.InvalidResponse => EndCause.HandshakeRefused,
            _ => EndCause.TransportFailed,
        };
        return (cause, error);
    }

    /// <summary>The stream of an answered request. Its HTTP/2 connection carries only this WebSocket and is closed with it.</summary>
    private sealed class AnsweredConnection(Stream stream, Link link, HttpResponseMessage response, HttpMessageInvoker client, TimeProvider timeProvider)
        : StreamConnection(stream, link.LocalEndPoint, link.RemoteEndPoint, timeProvider)
    {
        protected override void ReleaseStream()
        {
            try
            {
                base.ReleaseStream();
                response.Dispose();
                client.Dispose();
            }
            finally
            {
                link.Dispose();
            }
        }
    }

    /// <summary>
    /// The TCP and TLS connection below HTTP/2. The link closes both, because the disposal of the HTTP client does not close a connection that
    /// the client has not used.
    /// </summary>
    /// <param name="sockets">Transport that connects to the server.</param>
    /// <param name="tls">
    /// TLS options; null for a connection without TLS. The link performs the TLS handshake itself, because the framework's HTTP client would replace
    /// <see cref="SslClientAuthenticationOptions.TargetHost"/>.
    /// </param>
    private sealed class Link(SocketTransport sockets, SslClientAuthenticationOptions? tls) : IDisposable
    {
        // The token source is not disposed of, because it has neither a timer nor a handle.
        private readonly CancellationTokenSource _disposing = new();
        private readonly Lock _gate = new();
        private Socket? _socket;
        private bool _disposed;

        public EndPoint? LocalEndPoint { get; private set; }

        public EndPoint? RemoteEndPoint { get; private set; }

        public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
        {
            // The HTTP client continues to connect after its request was cancelled.
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
            var socket = await sockets.ConnectSocketAsync(context.DnsEndPoint, either.Token).ConfigureAwait(false);
            try
            {
                Take(socket);
                var stream = new NetworkStream(socket, ownsSocket: true);
                return tls is null ? stream : await SecureAsync(stream, tls, either.Token).ConfigureAwait(false);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        public void Dispose()
        {
            _disposing.Cancel();
            lock (_gate)
            {
                _disposed = true;
                _socket?.Dispose();
            }
        }

        private static async ValueTask<SslStream> SecureAsync(NetworkStream stream, SslClientAuthenticationOptions tls, CancellationToken cancellationToken)
        {
            tls.ApplicationProtocols = [SslApplicationProtocol.Http2];
            var secure = new SslStream(stream);
            try
            {
                await secure.AuthenticateAsClientAsync(tls, cancellationToken).ConfigureAwait(false);
                return secure;
            }
            catch
            {
                await secure.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }

        private void Take(Socket socket)
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                // If the HTTP client connects twice, it uses the second socket.
                _socket?.Dispose();
                _socket = socket;
                LocalEndPoint = socket.LocalEndPoint;
                RemoteEndPoint = socket.RemoteEndPoint;
            }
        }
    }
}
