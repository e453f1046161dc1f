using System.Net;
using TPacket.Transports.Proxy;

namespace TPacket.Transports.Tests.Harness;

/// <summary>Connections that proxies have passed on, with a header of either version.</summary>
/// <param name="inner">What they are made of.</param>
/// <param name="listens">Whether a listener reads the headers, and not each connection.</param>
internal sealed class ProxiedTransport(Transport inner, bool listens) : TestTransport(inner)
{
    private static readonly ProxyOptions _options = new() { TrustedNetworks = [IPNetwork.Parse("127.0.0.0/8")] };

    private int _peers;

    public override TransportListener Bind(EndPoint endPoint) => listens ? new ProxyListener(Inner.Bind(endPoint), _options) : base.Bind(endPoint);

    public override async Task<Peer> ConnectPeerAsync(EndPoint listener)
    {
        var peer = await Peer.ConnectAsync(listener);
        await peer.SendAsync(
            Interlocked.Increment(ref _peers) % 2 == 0
                ? "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n"u8.ToArray()
                : Convert.FromHexString("0D0A0D0A000D0A515549540A" + "2111000C" + "C0000201" + "C6336402" + "DC04" + "01BB"));
        return peer;
    }

    public override async ValueTask OpenedAsync(TransportConnection connection, Func<bool> hasEnded)
    {
        // Closed before, it would be an end with unread input: a reset.
        using var deadline = Deadline.Start();
        while (connection.RemoteEndPoint is IPEndPoint { Address: var address } && IPAddress.IsLoopback(address) && !hasEnded())
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    protected override TransportConnection Wrap(TransportConnection connection) => new ProxiedConnection(connection, _options);
}
