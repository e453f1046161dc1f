using System.Net;

namespace TPacket.Transports.Tests.Harness;

/// <summary>A transport whose connections are forwarded by a proxy.</summary>
/// <param name="inner">The transport below.</param>
/// <param name="listens">Whether a <see cref="ProxyListener"/> reads the headers; otherwise each connection does.</param>
internal sealed class ProxiedTransport(Transport inner, bool listens) : TestTransport(inner)
{
    private static readonly ProxyOptions _options = new() { TrustedNetworks = [IPNetwork.Parse("127.0.0.0/8")] };

    public override TransportListener Bind(EndPoint endPoint) => listens ? new ProxyListener(Inner.Bind(endPoint), _options) : base.Bind(endPoint);

    public override async Task<Peer> ConnectPeerAsync(EndPoint listener)
    {
        var peer = new ProxiedPeer(await Peer.ConnectSocketAsync(listener));
        // A ProxyListener accepts a connection only after its header. Otherwise the header is sent with the first bytes, since a close with an unread header would be a reset.
        if (listens)
            await peer.SendAsync(ReadOnlyMemory<byte>.Empty);
        return peer;
    }

    protected override TransportConnection Wrap(TransportConnection connection) => new ProxiedConnection(connection, _options);
}
