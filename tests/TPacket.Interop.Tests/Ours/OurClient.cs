using System.Net;
using System.Net.Security;
using TPacket.Interop.Tests.Tls;
using TPacket.Transports;
using TPacket.Transports.Tls;
using TPacket.WebSockets;

namespace TPacket.Interop.Tests.Ours;

/// <summary>A client of ours: channels on a transport, which end with it.</summary>
public sealed class OurClient(Transport transport) : IAsyncDisposable
{
    private readonly List<WebSocketChannel> _channels = [];

    /// <summary>The bytes of the last connection so far.</summary>
    public CountingConnection? Traffic { get; private set; }

    /// <summary>Options for messages of 16 MiB.</summary>
    public static WebSocketClientOptions Roomy { get; } = new() { Connection = OurServer.Roomy };

    public async Task<WebSocketChannel> ConnectAsync(Uri uri, WebSocketClientOptions? options = null, bool trustsTestCertificate = true)
    {
        ArgumentNullException.ThrowIfNull(uri);
        using var deadline = Deadline.Start();
        var connection = await transport.ConnectAsync(new IPEndPoint(IPAddress.Loopback, uri.Port), deadline.Token);
        Traffic = new CountingConnection(uri.Scheme == "wss" ? TlsConnection.AsClient(connection, TlsOptions(uri, trustsTestCertificate)) : connection);
        var channel = await WebSocketChannel.UpgradeAsync(Traffic, uri, options ?? Roomy, deadline.Token);
        _channels.Add(channel);
        return channel;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels)
            await channel.DisposeAsync();
        transport.Dispose();
    }

    private static SslClientAuthenticationOptions TlsOptions(Uri uri, bool trustsTestCertificate)
    {
        var options = TlsConnection.ClientOptions(uri.Host);
        if (trustsTestCertificate)
            options.CertificateChainPolicy = TestCertificate.Trust;
        return options;
    }
}
