using TPacket.Interop.Tests.Ours;
using TPacket.Interop.Tests.Peers;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Interop.Tests.Specifications;

/// <summary>Our server and an independent client.</summary>
public abstract class OurServerTests(IPeerClient client, Func<Transport> transport) : InteropTests
{
    protected OurServer Serve(WebSocketOptions? options = null, Func<UpgradeRequest, UpgradeDecision>? decide = null, TimeProvider? timeProvider = null, bool tls = false) =>
        Use(new OurServer(transport(), options, decide, timeProvider, tls));

    protected Peer Connect(OurServer server, ClientOffer? offer = null)
    {
        ArgumentNullException.ThrowIfNull(server);
        return client.Connect(server.Uri, offer ?? new ClientOffer());
    }

    /// <summary>The client closes.</summary>
    protected static async Task EndAsync(Peer peer, EchoHandler connection)
    {
        ArgumentNullException.ThrowIfNull(peer);
        await peer.CloseAsync(1000, "");
        Assert.Equal("close 1000", await peer.NextAsync());
        Assert.Equal((EndCause.ClosedByPeer, CloseStatus.NormalClosure), await EndOf(connection));
    }

    protected static async Task<(EndCause Cause, CloseStatus Status)> EndOf(EchoHandler connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var end = await connection.Ended;
        return (end.Cause, end.Status);
    }
}
