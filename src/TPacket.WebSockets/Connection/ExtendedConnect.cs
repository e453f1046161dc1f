using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using TPacket.Transports.Streams;
using TPacket.Transports.Tls;
using TPacket.WebSockets.Handshake;

namespace TPacket.WebSockets.Connection;

/// <summary>Asks a server for a WebSocket over HTTP/2 (RFC 8441). HTTP is the framework's; the messages on the stream that it opens are ours.</summary>
internal static class ExtendedConnect
{
    private const int BytesPerKibibyte = 1024;

    /// <summary>Sends the request and reads the answer.</summary>
    /// <param name="uri">ws:// or wss://, a host, and what is asked for.</param>
    /// <param name="offer">What is asked for.</param>
    /// <param name="options">Headers and limits.</param>
    /// <param name="tls">How TLS is spoken; null where it is not.</param>
    /// <param name="cancellationToken">Gives up; nothing is left behind.</param>
    /// <exception cref="ArgumentException">The framework's HTTP takes no such header in a request.</exception>
    /// <exception cref="WebSocketConnectException">There is no answer.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async ValueTask<ExtendedConnectAnswer> AskAsync(
        Uri uri, UpgradeOffer offer, WebSocketClientOptions options, SslClientAuthenticationOptions? tls, CancellationToken cancellationToken)
    {
        var link = new Link();
        var client = new HttpMessageInvoker(CreateHandler(link, options.Connection, tls));
        HttpResponseMessage? response = null;
        try
        {
            response = await client.SendAsync(CreateRequest(uri, offer, options), cancellationToken).ConfigureAwait(false);
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            var body = response.StatusCode == HttpStatusCode.OK ? "" : await ReadBodyAsync(stream, options.Connection, cancellationToken).ConfigureAwait(false);
            var status = UpgradeResponseReader.JudgeExtendedConnect(
                (int)response.StatusCode, response.ReasonPhrase ?? "", HeadersOf(response), body, offer, options.Connection.MaxHandshakeHeaders, out var judged, out var agreement, out var violation);
            return new ExtendedConnectAnswer(new AnsweredConnection(stream, link, response, client, options.TimeProvider), status, judged, agreement, violation);
        }
        catch (Exception e)
        {
            response?.Dispose();
            client.Dispose();
            link.Dispose();
            if (e is HttpRequestException or IOException)
                throw new WebSocketConnectException(new ConnectionEnd(CauseOf(e), CloseStatus.AbnormalClosure, $"{uri.Authority}: {e.Message}"), null, Explain(e));
            throw;
        }
    }

    private static SocketsHttpHandler CreateHandler(Link link, WebSocketOptions options, SslClientAuthenticationOptions? tls)
    {
        var handler = new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            ConnectCallback = link.ConnectAsync,
            ConnectTimeout = options.HandshakeTimeout,
            MaxResponseHeadersLength = Math.Max(1, options.MaxHandshakeHeadLength / BytesPerKibibyte),
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            UseCookies = false,
            UseProxy = false,
        };
        if (tls is not null)
            handler.SslOptions = tls;
        return handler;
    }

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
                throw new ArgumentException($"The header {name} cannot stand in a request.");
        }

        return request;
    }

    private static IEnumerable<KeyValuePair<string, string>> HeadersOf(HttpResponseMessage response) =>
        from header in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
        from value in header.Value
        select new KeyValuePair<string, string>(header.Key, value);

    /// <summary>The beginning of what a refusal says for people.</summary>
    private static async ValueTask<string> ReadBodyAsync(Stream stream, WebSocketOptions options, CancellationToken cancellationToken)
    {
        var body = new byte[options.MaxHandshakeHeadLength];
        var length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(body, 0, length);
    }

    /// <summary>What is behind an exception of HTTP's, in the terms of a client that has no HTTP in between.</summary>
    private static Exception Explain(Exception error) => error is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: AuthenticationException refused }
        ? new TlsHandshakeException(TlsHandshakeFailure.Refused, $"The TLS handshake failed: {(refused.InnerException ?? refused).Message}", refused)
        : error;

    private static EndCause CauseOf(Exception error) => ((error as HttpRequestException)?.HttpRequestError ?? (error as HttpIOException)?.HttpRequestError) switch
    {
        HttpRequestError.SecureConnectionError => EndCause.TlsFailed,
        HttpRequestError.ExtendedConnectNotSupported or HttpRequestError.VersionNegotiationError or HttpRequestError.HttpProtocolError or HttpRequestError.InvalidResponse => EndCause.HandshakeRefused,
        _ => EndCause.TransportFailed,
    };

    /// <summary>The stream of an answered request. An HTTP/2 connection has one WebSocket here, and ends with it.</summary>
    private sealed class AnsweredConnection(Stream stream, Link link, HttpResponseMessage response, HttpMessageInvoker client, TimeProvider timeProvider)
        : StreamConnection(stream, link.LocalEndPoint, link.RemoteEndPoint, timeProvider)
    {
        protected override void ReleaseStream()
        {
            base.ReleaseStream();
            response.Dispose();
            client.Dispose();
            link.Dispose();
        }
    }

    /// <summary>The TCP connection below, which HTTP clients keep open when nothing came of it.</summary>
    private sealed class Link : IDisposable
    {
        private readonly Lock _gate = new();
        private Socket? _socket;
        private bool _disposed;

        public EndPoint? LocalEndPoint { get; private set; }

        public EndPoint? RemoteEndPoint { get; private set; }

        public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
                Take(socket);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        public void Dispose()
        {
            lock (_gate)
            {
                _disposed = true;
                _socket?.Dispose();
            }
        }

        private void Take(Socket socket)
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                // A client that has tried twice uses the second.
                _socket?.Dispose();
                _socket = socket;
                LocalEndPoint = socket.LocalEndPoint;
                RemoteEndPoint = socket.RemoteEndPoint;
            }
        }
    }
}
