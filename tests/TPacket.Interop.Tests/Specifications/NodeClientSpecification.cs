using Microsoft.Extensions.Time.Testing;
using TPacket.Interop.Tests.Peers;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Interop.Tests.Specifications;

/// <summary>Our server with Node's client: behaviour that only this client has or reports.</summary>
public abstract class NodeClientSpecification(NodeFixture node, Func<Transport> transport) : FramingServerSpecification(node, transport)
{
    [Fact]
    public Task A_message_of_16_MiB_is_echoed() => A_message_is_echoed(MessageType.Binary, 16 << 20);

    [Fact]
    public async Task Pings_are_answered_between_the_frames_of_a_message()
    {
        var (peer, connection) = await ConnectAsync();
        var message = Message.Text(1000);

        await Steered(peer).SendFrameAsync(message, 0, 400, "more");
        await Steered(peer).DoAsync("ping are you there");
        await Steered(peer).SendFrameAsync(message, 400, 500, "more");
        await Steered(peer).DoAsync("ping");
        await Steered(peer).SendFrameAsync(message, 500, 1000, "last");

        Assert.Equal("pong are you there", await peer.NextAsync());
        Assert.Equal("pong", await peer.NextAsync());
        Assert.Equal(message.ToString(), await peer.NextAsync());
        await EndAsync(peer, connection);
    }

    [Fact]
    public async Task An_idle_client_is_pinged_and_stays()
    {
        var time = new FakeTimeProvider();
        var (peer, connection) = await ConnectAsync(timeProvider: time);

        time.Pass(WebSocketOptions.Default.PingAfterIdle);
        Assert.Equal("ping", await peer.NextAsync());
        // Sent behind the pong: when its echo arrives, the server has the pong.
        await peer.SendAsync(Message.Text(1));
        Assert.Equal(Message.Text(1).ToString(), await peer.NextAsync());
        time.Pass(WebSocketOptions.Default.PongTimeout);

        await EndAsync(peer, connection);
    }

    [Fact]
    public async Task A_client_that_does_not_answer_pings_is_dropped()
    {
        var time = new FakeTimeProvider();
        var (peer, connection) = await ConnectAsync(timeProvider: time, offer: new ClientOffer { AnswersPings = false });

        time.Pass(WebSocketOptions.Default.PingAfterIdle);
        Assert.Equal("ping", await peer.NextAsync());
        time.Pass(WebSocketOptions.Default.PongTimeout);

        Assert.Equal("close 1006", await peer.NextAsync());
        Assert.Equal(EndCause.PongTimeout, (await connection.Ended).Cause);
    }

    [Fact]
    public async Task A_close_frame_without_a_status_is_answered_with_one()
    {
        var (peer, connection) = await ConnectAsync();

        await Steered(peer).DoAsync("close");

        Assert.Equal("close 1005", await peer.NextAsync());
        Assert.Equal((EndCause.ClosedByPeer, CloseStatus.NoStatusReceived), await EndOf(connection));
    }

    [Fact]
    public async Task A_refusal_is_reported_with_its_text()
    {
        var server = Serve(decide: static _ => UpgradeDecision.Refuse(new HttpRefusal(401, "Who are you?", "WWW-Authenticate: Bearer")));

        var peer = Connect(server);

        Assert.Equal("refused 401 Who are you?", await peer.NextAsync());
        Assert.Equal(EndCause.HandshakeRefused, (await (await server.AcceptedAsync()).Ended).Cause);
    }

    private static SteeredPeer Steered(Peer peer) => (SteeredPeer)peer;
}
