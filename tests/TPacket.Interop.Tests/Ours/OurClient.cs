using System.Net;
using System.Net.Security;
using TPacket.Interop.Tests.Tls;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Interop.Tests.Ours;

/// <summary>Our client: channels on a transport, which it disposes of, or over HTTP/2 without one.</summary>
public sealed class OurClient(Transport? transport) : IAsyncDisposable
{
    private readonly List<WebSocketChannel> _channels = [];

    /// <summary>The number of bytes on the wire of the last connection, where it has a transport.</summary>
    public CountingConnection? Traffic { get; private set; }

    /// <summary>Options for messages of 16 MiB.</summary>
    public static WebSocketClientOptions Roomy { get; } = new() { Connection = OurServer.Roomy };

    public async Task<WebSocketChannel> ConnectAsync(Uri uri, WebSocketClientOptions? options = null, bool trustsTestCertificate = true)
    {
        ArgumentNullException.ThrowIfNull(uri);
        using var deadline = Deadline.Start();
        var channel = transport is null
            ? await ConnectOverHttp2Async(uri, options ?? Roomy, trustsTestCertificate, deadline.Token)
            : await ConnectAsync(transport, uri, options ?? Roomy, trustsTestCertificate, deadline.Token);
        _channels.Add(channel);
        return channel;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels)
            await channel.DisposeAsync();
        transport?.Dispose();
    }

    private static ValueTask<WebSocketChannel> ConnectOverHttp2Async(Uri uri, WebSocketClientOptions options, bool trustsTestCertificate, CancellationToken cancellationToken) =>
        WebSocketChannel.ConnectAsync(uri, options with { HttpVersion = HttpVersion.Version20, Tls = trustsTestCertificate ? Trust : null }, cancellationToken);

    private async ValueTask<WebSocketChannel> ConnectAsync(Transport transport, Uri uri, WebSocketClientOptions options, bool trustsTestCertificate, CancellationToken cancellationToken)
    {
        var connection = await transport.ConnectAsync(new IPEndPoint(IPAddress.Loopback, uri.Port), cancellationToken);
        Traffic = new CountingConnection(uri.Scheme == "wss" ? TlsConnection.AsClient(connection, TlsOptions(uri, trustsTestCertificate)) : connection);
        return await WebSocketChannel.UpgradeAsync(Traffic, uri, options, cancellationToken);
    }

    private static SslClientAuthenticationOptions TlsOptions(Uri uri, bool trustsTestCertificate)
    {
        var options = TlsConnection.CreateClientOptions(uri.Host);
        if (trustsTestCertificate)
            Trust(options);
        return options;
    }

    private static void Trust(SslClientAuthenticationOptions options) => options.CertificateChainPolicy = TestCertificate.Trust;
}
