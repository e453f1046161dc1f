using TPacket.Interop.Tests.Peers;
using TPacket.Interop.Tests.Specifications;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Interop.Tests;

/// <summary>A browser's WebSocket with our server.</summary>
[Collection(nameof(ChromiumCollection))]
public sealed class ChromiumTests(ChromiumFixture browser) : ServerSpecification(browser, static () => Transport.CreateFastest())
{
    [Fact]
    public async Task The_request_has_the_origin_of_the_page()
    {
        string? origin = null;
        var (peer, connection) = await ConnectAsync(decide: request =>
        {
            origin = request.Origin;
            return UpgradeDecision.Accept;
        });

        Assert.Matches("^http://127\\.0\\.0\\.1:[0-9]+$", origin);
        await EndAsync(peer, connection);
    }

    [Fact]
    public async Task A_refused_page_gets_close_code_1006_and_no_reason()
    {
        var server = Serve(decide: static _ => UpgradeDecision.Refuse(new HttpRefusal(403, "Not from there.")));

        var peer = Connect(server);

        Assert.Equal("close 1006", await peer.NextAsync());
        Assert.Equal(EndCause.HandshakeRefused, (await (await server.AcceptedAsync()).Ended).Cause);
    }
}
