using System.Net;
using System.Net.Sockets;
using System.Text;
using TPacket.Interop.Tests.Ours;
using TPacket.Interop.Tests.Peers;
using TPacket.Interop.Tests.Specifications;
using TPacket.Interop.Tests.Tls;
using TPacket.WebSockets;

namespace TPacket.Interop.Tests;

/// <summary>Servers that refuse a WebSocket over HTTP/2: our client reports the reason, and keeps no connection.</summary>
[Collection(nameof(KestrelCollection))]
public sealed class Http2ClientTests(KestrelFixture kestrel) : InteropTests, IDisposable
{
    // RFC 7541, appendix A.
    private const string Status200 = "\u0088";
    private const string Status403 = "\u0008\u0003403";

    private static readonly byte[] _settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];

    private readonly TcpListener _listener = Listen();

    private static WebSocketClientOptions OverHttp2 { get; } = new() { HttpVersion = HttpVersion.Version20 };

    private Uri Uri => new($"ws://{_listener.LocalEndpoint}/");

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task A_server_without_HTTP_2_fails_the_attempt()
    {
        await using var client = new OurClient(transport: null);
        var error = await Assert.ThrowsAsync<WebSocketConnectException>(() => client.ConnectAsync(kestrel.Expect().Uri));
        Assert.Equal(EndCause.HandshakeRefused, error.End.Cause);
    }

    [Fact]
    public async Task A_server_without_extended_CONNECT_fails_the_attempt()
    {
        var connecting = ConnectAsync(OverHttp2);
        using var socket = await AcceptAsync();
        await socket.SendAsync(_settings);

        var error = await Assert.ThrowsAsync<WebSocketConnectException>(() => connecting);

        Assert.Equal(EndCause.HandshakeRefused, error.End.Cause);
        await ExpectEndAsync(socket);
    }

    [Theory]
    [InlineData("sec-websocket-extensions", "permessage-deflate", "an extension that the client did not offer")]
    [InlineData("sec-websocket-protocol", "chat", "a subprotocol that the client did not offer")]
    public async Task A_response_that_does_not_match_the_request_fails_the_attempt(string name, string value, string reason)
    {
        var connecting = ConnectAsync(OverHttp2);
        using var socket = await AcceptAsync();
        await AnswerAsync(socket, Status200 + Field(name, value));

        var error = await Assert.ThrowsAsync<WebSocketConnectException>(() => connecting);

        Assert.Equal((EndCause.HandshakeRefused, reason), (error.End.Cause, error.End.Reason));
        await ExpectEndAsync(socket);
    }

    [Theory]
    [InlineData(600, 500)]
    [InlineData(20_000, 8_192)]
    public async Task A_response_head_beyond_the_limit_fails_the_attempt(int length, int limit)
    {
        var connecting = ConnectAsync(OverHttp2 with { Connection = WebSocketOptions.Default with { MaxHandshakeHeadLength = limit } });
        using var socket = await AcceptAsync();
        await AnswerAsync(socket, Status200 + Field("x", new string('x', length)));

        var error = await Assert.ThrowsAsync<WebSocketConnectException>(() => connecting);

        Assert.NotEqual(EndCause.HandshakeTimeout, error.End.Cause);
        await ExpectEndAsync(socket);
    }

    [Fact]
    public async Task The_body_of_a_refusal_is_truncated_at_the_limit()
    {
        var connecting = ConnectAsync(OverHttp2 with { Connection = WebSocketOptions.Default with { MaxHandshakeHeadLength = 1000 } });
        using var socket = await AcceptAsync();
        await AnswerAsync(socket, Status403 + Field("x", "y"));
        for (var i = 0; i < 10; i++)
            await socket.SendAsync(Frame(type: 0, flags: 0, new string('n', 200)));

        var error = await Assert.ThrowsAsync<WebSocketConnectException>(() => connecting);

        Assert.Equal((EndCause.HandshakeRefused, 403), (error.End.Cause, error.Response?.StatusCode));
        Assert.Equal(new string('n', 1000 - "x: y\r\n".Length), error.Response?.Body);
        await ExpectEndAsync(socket);
    }

    [Fact]
    public async Task A_reset_of_the_stream_fails_the_attempt()
    {
        var connecting = ConnectAsync(OverHttp2);
        using var socket = await AcceptAsync();
        await OfferAsync(socket);
        await socket.SendAsync(Reset);

        var error = await Assert.ThrowsAsync<WebSocketConnectException>(() => connecting);

        Assert.Equal(EndCause.HandshakeRefused, error.End.Cause);
        await ExpectEndAsync(socket);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_end_of_the_stream_without_a_close_frame_ends_the_connection(bool reset)
    {
        var connecting = ConnectAsync(OverHttp2);
        using var socket = await AcceptAsync();
        await AnswerAsync(socket, Status200);
        await using var channel = await connecting;
        await socket.SendAsync(Frame(type: 0, flags: 0, "\u0081\u0002hi"));
        using var deadline = Deadline.Start();
        Assert.Equal("hi"u8.ToArray(), (await channel.ReceiveAsync(deadline.Token))!.Value.Payload.ToArray());

        if (reset)
            await socket.SendAsync(Reset);
        else
            socket.Close(timeout: 0);

        var error = await Assert.ThrowsAsync<WebSocketEndedException>(async () => await channel.ReceiveAsync(deadline.Token));
        Assert.Contains(error.End.Cause, new[] { EndCause.EndOfStream, EndCause.TransportFailed });
        if (reset)
            await ExpectEndAsync(socket);
    }

    [Fact]
    public async Task The_certificate_must_have_the_name_that_the_caller_expects()
    {
        var (uri, peer) = kestrel.OverHttp2.Expect(tls: true);
        var options = OverHttp2 with
        {
            Tls = static tls =>
            {
                tls.CertificateChainPolicy = TestCertificate.Trust;
                tls.TargetHost = "other.example";
            },
        };

        var error = await Assert.ThrowsAsync<WebSocketConnectException>(() => WebSocketChannel.ConnectAsync(uri, options).AsTask());
        Assert.Equal(EndCause.TlsFailed, error.End.Cause);

        await using var channel = await WebSocketChannel.ConnectAsync(uri, options with
        {
            Tls = static tls =>
            {
                tls.CertificateChainPolicy = TestCertificate.Trust;
                tls.TargetHost = "localhost";
            },
        });
        Assert.Equal("open", await peer.NextAsync());
    }

    [Fact]
    public async Task Nobody()
    {
        _listener.Stop();
        var error = await Assert.ThrowsAsync<WebSocketConnectException>(() => ConnectAsync(OverHttp2));
        Assert.Equal(EndCause.TransportFailed, error.End.Cause);
    }

    [Fact]
    public async Task An_attempt_times_out_if_the_server_does_not_respond()
    {
        var connecting = ConnectAsync(OverHttp2 with { Connection = WebSocketOptions.Default with { HandshakeTimeout = TimeSpan.FromMilliseconds(300) } });
        using var socket = await AcceptAsync();

        var error = await Assert.ThrowsAsync<WebSocketConnectException>(() => connecting);

        Assert.Equal(EndCause.HandshakeTimeout, error.End.Cause);
        await ExpectEndAsync(socket);
    }

    [Fact]
    public async Task An_attempt_can_be_cancelled()
    {
        using var giveUp = new CancellationTokenSource();
        var connecting = ConnectAsync(OverHttp2, giveUp.Token);
        using var socket = await AcceptAsync();

        await giveUp.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
        Assert.Equal(giveUp.Token, error.CancellationToken);
        await ExpectEndAsync(socket);
    }

    [Fact]
    public async Task An_unsupported_HTTP_version_throws()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => ConnectAsync(OverHttp2 with { HttpVersion = HttpVersion.Version30 }));
        Assert.Contains("HTTP/3.0", error.Message, StringComparison.Ordinal);
        Assert.False(_listener.Pending());
    }

    [Theory]
    [InlineData("Host", "other")]
    [InlineData("Content-Type", "text/plain")]
    [InlineData("X-Line", "a\r\nb: c")]
    public async Task A_forbidden_header_throws(string name, string value)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => ConnectAsync(OverHttp2 with { Headers = [new(name, value)] }));
        Assert.False(_listener.Pending());
    }

    private static byte[] Reset { get; } = Frame(type: 3, flags: 0, "\0\0\0\u0008");

    /// <summary>Enables WebSockets, and waits for the request.</summary>
    private static async Task OfferAsync(Socket socket)
    {
        // SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441, section 3).
        await socket.SendAsync(new byte[] { 0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 1 });
        using var deadline = Deadline.Start();
        await using var stream = new NetworkStream(socket);
        await stream.ReadExactlyAsync(new byte["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".Length], deadline.Token);
        var header = new byte[9];
        do
        {
            await stream.ReadExactlyAsync(header, deadline.Token);
            await stream.ReadExactlyAsync(new byte[(header[0] << 16) + (header[1] << 8) + header[2]], deadline.Token);
        }
        while (header[3] != 1);
    }

    private static async Task AnswerAsync(Socket socket, string block)
    {
        const byte EndHeaders = 4;
        await OfferAsync(socket);
        await socket.SendAsync(Frame(type: 1, EndHeaders, block));
    }

    /// <summary>Encodes a frame of the first stream.</summary>
    private static byte[] Frame(byte type, byte flags, string payload) =>
        [(byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, 0, 0, 0, 1, .. Encoding.Latin1.GetBytes(payload)];

    /// <summary>Encodes a literal header field (RFC 7541, section 6.2.2).</summary>
    private static string Field(string name, string value) => $"\0{(char)name.Length}{name}{Length(value.Length)}{value}";

    /// <summary>Encodes a length with a prefix of seven bits (RFC 7541, section 5.1).</summary>
    private static string Length(int length) => length < 127 ? $"{(char)length}" : $"\u007F{(char)(0x80 | ((length - 127) & 0x7F))}{(char)(0x80 | (((length - 127) >> 7) & 0x7F))}{(char)((length - 127) >> 14)}";

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static async Task ExpectEndAsync(Socket socket)
    {
        using var deadline = Deadline.Start();
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer, deadline.Token) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // A reset counts as an end.
        }
    }

    private Task<WebSocketChannel> ConnectAsync(WebSocketClientOptions options, CancellationToken cancellationToken = default) =>
        WebSocketChannel.ConnectAsync(Uri, options, cancellationToken).AsTask().WaitAsync(Deadline.Limit, CancellationToken.None);

    private async Task<Socket> AcceptAsync()
    {
        using var deadline = Deadline.Start();
        return await _listener.AcceptSocketAsync(deadline.Token);
    }
}
