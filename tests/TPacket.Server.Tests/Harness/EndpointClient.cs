using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace TPacket.Server.Tests.Harness;

/// <summary>A client of an endpoint of any kind. The test calls each step.</summary>
internal sealed class EndpointClient : IAsyncDisposable
{
    private readonly EndpointKind _kind;
    private Stream _stream;

    private EndpointClient(EndpointKind kind, Stream stream)
    {
        _kind = kind;
        _stream = stream;
    }

    public static TPacketEndpointOptions Endpoint(EndpointKind kind, TestCertificate files)
    {
        var options = new TPacketEndpointOptions { Address = "127.0.0.1", Port = 0, ProxyProtocol = kind is EndpointKind.Proxy or EndpointKind.ProxyAndTls };
        if (kind is EndpointKind.Tls or EndpointKind.ProxyAndTls)
            (options.Certificate, options.CertificateKey) = (files.PemPath, files.KeyPath);
        if (kind == EndpointKind.Unix)
            options.UnixSocket = files.SocketPath;
        return options;
    }

    /// <summary>Connects, and sends the PROXY header if the endpoint expects one.</summary>
    public static async Task<EndpointClient> ConnectAsync(EndpointKind kind, EndPoint server)
    {
        using var deadline = Deadline.Start();
        var socket = server is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, deadline.Token);
        var client = new EndpointClient(kind, new NetworkStream(socket, ownsSocket: true));
        if (kind is EndpointKind.Proxy or EndpointKind.ProxyAndTls)
            await client.SendAsync("PROXY TCP4 203.0.113.7 203.0.113.1 40000 443\r\n"u8.ToArray());
        return client;
    }

    /// <summary>Does the TLS handshake if the endpoint has TLS.</summary>
    public async Task SecureAsync()
    {
        if (_kind is not (EndpointKind.Tls or EndpointKind.ProxyAndTls))
            return;
        using var deadline = Deadline.Start();
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false, static (_, certificate, _, _) => certificate is not null);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, deadline.Token);
        _stream = tls;
    }

    /// <summary>Does the TLS handshake if the endpoint has TLS, and the WebSocket handshake.</summary>
    public async Task UpgradeAsync()
    {
        await SecureAsync();
        await SendAsync(Encoding.ASCII.GetBytes(RawClient.UpgradeRequest()));
        Assert.StartsWith("HTTP/1.1 101 ", await ReadHeadAsync(), StringComparison.Ordinal);
    }

    /// <summary>Sends the magic string, and returns when the server has handled it.</summary>
    public async Task SayMagicStringAsync()
    {
        await SendAsync([.. ClientFrame.Binary(new Packet(1, Wire.Nop, Wire.MagicString)), .. ClientFrame.Binary(new Packet(2, Wire.Unknown, ""))]);
        Assert.Equal(Wire.ErrorNickRequired, (await ReadFrameAsync()).Packet.P1);
    }

    public async Task SignInAsync(string nick)
    {
        await UpgradeAsync();
        await SayMagicStringAsync();
        await SendAsync(ClientFrame.Binary(new Packet(3, Wire.SetUserNick, nick)));
        Assert.Equal(new Packet(3, Wire.RespOk, ""), (await ReadFrameAsync()).Packet);
    }

    public async Task SendAsync(byte[] bytes)
    {
        using var deadline = Deadline.Start();
        await _stream.WriteAsync(bytes, deadline.Token);
    }

    public async Task<string> ReadHeadAsync()
    {
        using var deadline = Deadline.Start();
        var head = new StringBuilder();
        var next = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await _stream.ReadExactlyAsync(next, deadline.Token);
            head.Append((char)next[0]);
        }

        return head.ToString();
    }

    public async Task<ServerFrame> ReadFrameAsync()
    {
        using var deadline = Deadline.Start();
        var header = new byte[2];
        await _stream.ReadExactlyAsync(header, deadline.Token);
        Assert.InRange(header[1], 0, 125);
        var payload = new byte[header[1]];
        await _stream.ReadExactlyAsync(payload, deadline.Token);
        return new ServerFrame((header[0] & 0x80) != 0, header[0] & 0x0F, payload);
    }

    /// <summary>Waits until the server ends the connection, and fails on any byte before that.</summary>
    public async Task ReadEndAsync()
    {
        using var deadline = Deadline.Start();
        try
        {
            Assert.Equal(0, await _stream.ReadAsync(new byte[1], deadline.Token));
        }
        catch (IOException)
        {
            // A reset, or TLS that was cut.
        }
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
