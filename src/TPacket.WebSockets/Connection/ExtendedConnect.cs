using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using TPacket.Transports;
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
    /// <param name="sockets">Connects to the server.</param>
    /// <param name="cancellationToken">Gives up; nothing is left behind.</param>
    /// <exception cref="ArgumentException">The framework's HTTP takes no such header in a request.</exception>
    /// <exception cref="WebSocketConnectException">There is no answer.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async ValueTask<ExtendedConnectAnswer> AskAsync(
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
            var status = UpgradeResponseReader.JudgeExtendedConnect(
                (int)response.StatusCode, response.ReasonPhrase ?? "", head, body, offer, options.Connection.MaxHandshakeHeadLength, options.Connection.MaxHandshakeHeaders,
                out var judged, out var agreement, out var violation);
            return new ExtendedConnectAnswer(new AnsweredConnection(stream, link, response, client, options.TimeProvider), status, judged, agreement, violation);
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
        // The caller's token has the deadline, by the clock of the options; the link ends with it.
        ConnectTimeout = Timeout.InfiniteTimeSpan,
        // Whole ones, and no fewer; the length is judged again.
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
                throw new ArgumentException($"The header {name} cannot stand in a request.");
        }

        return request;
    }

    /// <summary>The header lines, as HTTP/1.1 would have them.</summary>
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

    /// <summary>The beginning of what a refusal says for people, as far as the head has left room for it.</summary>
    private static async ValueTask<string> ReadBodyAsync(Stream stream, int room, CancellationToken cancellationToken)
    {
        var body = new byte[Math.Max(0, room)];
        var length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(body, 0, length);
    }

    /// <summary>What an exception of HTTP's means, in the terms of a client that has no HTTP in between.</summary>
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

    /// <summary>The stream of an answered request. An HTTP/2 connection has one WebSocket here, and ends with it.</summary>
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

    /// <summary>The connection below HTTP, which HTTP clients keep open when nothing came of it.</summary>
    /// <param name="sockets">Connects to the server.</param>
    /// <param name="tls">How TLS is spoken; null where it is not. Spoken here, since the framework's HTTP client would overrule the name that the server's certificate has to have.</param>
    private sealed class Link(SocketTransport sockets, SslClientAuthenticationOptions? tls) : IDisposable
    {
        // Not disposed of: it has no timer and no handle.
        private readonly CancellationTokenSource _disposing = new();
        private readonly Lock _gate = new();
        private Socket? _socket;
        private bool _disposed;

        public EndPoint? LocalEndPoint { get; private set; }

        public EndPoint? RemoteEndPoint { get; private set; }

        public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
        {
            // An HTTP client goes on connecting when its request is cancelled.
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
                // A client that has tried twice uses the second.
                _socket?.Dispose();
                _socket = socket;
                LocalEndPoint = socket.LocalEndPoint;
                RemoteEndPoint = socket.RemoteEndPoint;
            }
        }
    }
}
