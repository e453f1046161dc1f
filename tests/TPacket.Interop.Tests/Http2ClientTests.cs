using System.Net;
using System.Net.Sockets;
using TPacket.Interop.Tests.Ours;
using TPacket.Interop.Tests.Peers;
using TPacket.Interop.Tests.Specifications;
using TPacket.WebSockets;

namespace TPacket.Interop.Tests;

/// <summary>Servers that do not give our client a WebSocket over HTTP/2: it says why, and keeps no connection.</summary>
[Collection(nameof(KestrelCollection))]
public sealed class Http2ClientTests(KestrelFixture kestrel) : InteropTests, IDisposable
{
    private static readonly byte[] _settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];

    private readonly TcpListener _listener = Listen();

    private static WebSocketClientOptions OverHttp2 { get; } = new() { HttpVersion = HttpVersion.Version20 };

    private Uri Uri => new($"ws://{_listener.LocalEndpoint}/");

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task A_server_that_speaks_http_1_only()
    {
        await using var client = new OurClient(transport: null);
        var error = await Assert.ThrowsAsync<WebSocketConnectException>(() => client.ConnectAsync(kestrel.Expect().Uri));
        Assert.Equal(EndCause.HandshakeRefused, error.End.Cause);
    }

    [Fact]
    public async Task A_server_that_speaks_http_2_and_has_no_web_sockets()
    {
        var connecting = ConnectAsync(OverHttp2);
        using var socket = await AcceptAsync();
        await socket.SendAsync(_settings);

        var error = await Assert.ThrowsAsync<WebSocketConnectException>(() => connecting);

        Assert.Equal(EndCause.HandshakeRefused, error.End.Cause);
        await ExpectEndAsync(socket);
    }

    [Fact]
    public async Task Nobody()
    {
        _listener.Stop();
        var error = await Assert.ThrowsAsync<WebSocketConnectException>(() => ConnectAsync(OverHttp2));
        Assert.Equal(EndCause.TransportFailed, error.End.Cause);
    }

    [Fact]
    public async Task A_server_that_says_nothing()
    {
        var connecting = ConnectAsync(OverHttp2 with { Connection = WebSocketOptions.Default with { HandshakeTimeout = TimeSpan.FromMilliseconds(300) } });
        using var socket = await AcceptAsync();

        var error = await Assert.ThrowsAsync<WebSocketConnectException>(() => connecting);

        Assert.Equal(EndCause.HandshakeTimeout, error.End.Cause);
        await ExpectEndAsync(socket);
    }

    [Fact]
    public async Task A_caller_that_gives_up()
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
    public async Task A_version_that_is_not_spoken()
    {
        var error = await Assert.ThrowsAsync<ArgumentException>(() => ConnectAsync(OverHttp2 with { HttpVersion = HttpVersion.Version30 }));
        Assert.Contains("HTTP/3.0", error.Message, StringComparison.Ordinal);
        Assert.False(_listener.Pending());
    }

    [Theory]
    [InlineData("Host", "other")]
    [InlineData("Content-Type", "text/plain")]
    [InlineData("X-Line", "a\r\nb: c")]
    public async Task Headers_that_cannot_stand_in_the_request(string name, string value)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => ConnectAsync(OverHttp2 with { Headers = [new(name, value)] }));
        Assert.False(_listener.Pending());
    }

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
            // A reset is an end.
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
