using TPacket.Interop.Tests.Peers;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Interop.Tests.Specifications;

/// <summary>Our server with .NET's client: behaviour that only this client reports.</summary>
public abstract class FrameworkClientSpecification(Func<Transport> transport) : FramingServerSpecification(new FrameworkClient(), transport)
{
    [Fact]
    public async Task A_refusal_is_reported_with_its_status()
    {
        var server = Serve(decide: static _ => UpgradeDecision.Refuse(new HttpRefusal(403, "Not you.")));

        var peer = Connect(server);

        Assert.Equal("refused 403", await peer.NextAsync());
        Assert.Equal(EndCause.HandshakeRefused, (await (await server.AcceptedAsync()).Ended).Cause);
    }
}
