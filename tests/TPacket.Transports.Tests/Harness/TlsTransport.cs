using System.Net;
using System.Security.Authentication;

namespace TPacket.Transports.Tests.Harness;

/// <summary>A transport of TLS servers, with TLS peers.</summary>
internal sealed class TlsTransport : TestTransport
{
    private readonly CertificateFolder _folder = new();
    private readonly CertificateSource _certificate;
    private readonly SslProtocols _protocols;

    public TlsTransport(Transport inner, SslProtocols protocols)
        : base(inner) => (_certificate, _protocols) = (_folder.Open(), protocols);

    public override async Task<Peer> ConnectPeerAsync(EndPoint listener) =>
        await TlsPeer.CreateAsync(await Peer.ConnectSocketAsync(listener), TlsPeer.Options(_protocols));

    // Without TLS, since the handshake of an unstarted connection would not begin.
    public override Task<Peer> ConnectUnstartedPeerAsync(EndPoint listener) => Peer.ConnectAsync(listener);

    public override async ValueTask OpenedAsync(TransportConnection connection, Func<bool> hasEnded)
    {
        // With TLS 1.3 the client completes its handshake before the server does.
        using var deadline = Deadline.Start();
        while (((TlsConnection)connection).Protocol == SslProtocols.None && !hasEnded())
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    protected override TransportConnection Wrap(TransportConnection connection) =>
        TlsConnection.AsServer(connection, new TlsServerOptions { Certificate = _certificate });

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _certificate.Dispose();
        _folder.Dispose();
    }
}
