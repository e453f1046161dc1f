using System.Net;

namespace TPacket.Transports.Tests.Harness;

/// <summary>Connections that proxies have passed on.</summary>
/// <param name="inner">What they are made of.</param>
/// <param name="listens">Whether a listener reads the headers, and not each connection.</param>
internal sealed class ProxiedTransport(Transport inner, bool listens) : TestTransport(inner)
{
    private static readonly ProxyOptions _options = new() { TrustedNetworks = [IPNetwork.Parse("127.0.0.0/8")] };

    public override TransportListener Bind(EndPoint endPoint) => listens ? new ProxyListener(Inner.Bind(endPoint), _options) : base.Bind(endPoint);

    public override async Task<Peer> ConnectPeerAsync(EndPoint listener)
    {
        var peer = new ProxiedPeer(await Peer.ConnectSocketAsync(listener));
        // Nobody is told of a connection whose header has not come. Otherwise it comes with the first bytes, since closing before it is read would be an end with unread input: a reset.
        if (listens)
            await peer.SendAsync(ReadOnlyMemory<byte>.Empty);
        return peer;
    }

    protected override TransportConnection Wrap(TransportConnection connection) => new ProxiedConnection(connection, _options);
}
