using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using TPacket.Interop.Tests.Tls;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Interop.Tests.Ours;

/// <summary>Our server, which echoes every message.</summary>
public sealed class OurServer : IAsyncDisposable
{
    private readonly Transport _transport;
    private readonly TransportListener _listener;
    private readonly Heartbeat _heartbeat;
    private readonly ConcurrentQueue<EchoHandler> _handlers = new();
    private readonly Channel<EchoHandler> _accepted = Channel.CreateUnbounded<EchoHandler>();

    private readonly CertificateFiles? _files;
    private readonly CertificateSource? _certificate;

    public OurServer(
        Transport transport, WebSocketOptions? options = null, Func<UpgradeRequest, UpgradeDecision>? decide = null, TimeProvider? timeProvider = null, bool tls = false)
    {
        if (tls)
        {
            _files = new CertificateFiles();
            _certificate = CertificateSource.FromPem(_files.Certificate, _files.Key);
        }

        _transport = transport;
        options ??= Roomy;
        decide ??= static _ => UpgradeDecision.Accept;
        _heartbeat = new Heartbeat(timeProvider ?? TimeProvider.System, TimeSpan.FromSeconds(1));
        _listener = transport.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Start(
            connection =>
            {
                var traffic = new CountingConnection(_certificate is null ? connection : TlsConnection.AsServer(connection, new TlsServerOptions { Certificate = _certificate }));
                var handler = new EchoHandler(decide, traffic);
                _handlers.Enqueue(handler);
                WebSocketConnection.Accept(traffic, handler, options, _heartbeat);
                _accepted.Writer.TryWrite(handler);
            },
            error => _accepted.Writer.TryComplete(error));
    }

    /// <summary>Options for messages of 16 MiB.</summary>
    public static WebSocketOptions Roomy { get; } = WebSocketOptions.Default with { MaxMessageLength = 16 << 20, OutboundQueueBytes = 64 << 20 };

    public IPEndPoint EndPoint => (IPEndPoint)_listener.EndPoint;

    public Uri Uri => new($"{(_certificate is null ? "ws" : "wss")}://{EndPoint}/");

    /// <summary>Waits for the next connection, which may still be in its handshake.</summary>
    public async Task<EchoHandler> AcceptedAsync()
    {
        using var deadline = Deadline.Start();
        return await _accepted.Reader.ReadAsync(deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        foreach (var handler in _handlers)
            handler.Connection.Abort();
        foreach (var handler in _handlers)
            await handler.Ended;
        _heartbeat.Dispose();
        _transport.Dispose();
        _certificate?.Dispose();
        _files?.Dispose();
    }
}
