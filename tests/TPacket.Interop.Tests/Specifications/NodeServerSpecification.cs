using Microsoft.Extensions.Time.Testing;
using TPacket.Interop.Tests.Ours;
using TPacket.Interop.Tests.Peers;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Interop.Tests.Specifications;

/// <summary>Our client with Node's server: behaviour that only this server has or reports.</summary>
public abstract class NodeServerSpecification(NodeFixture node, Transport transport) : Http11ClientSpecification(node, transport)
{
    [Fact]
    public Task A_message_of_16_MiB_is_sent_in_both_directions() => A_message_is_sent_in_both_directions(MessageType.Binary, 16 << 20);

    [Fact]
    public async Task Pings_are_answered_between_the_frames_of_a_message()
    {
        var (channel, peer) = await ConnectAsync();
        var message = Message.Text(1000);

        await Steered(peer).SendFrameAsync(message, 0, 400, "more");
        await Steered(peer).DoAsync("ping are you there");
        await Steered(peer).SendFrameAsync(message, 400, 500, "more");
        await Steered(peer).DoAsync("ping");
        await Steered(peer).SendFrameAsync(message, 500, 1000, "last");

        Assert.Equal("pong are you there", await peer.NextAsync());
        Assert.Equal("pong", await peer.NextAsync());
        Assert.Equal(message.ToString(), await ReceiveAsync(channel));
        await EndAsync(channel, peer);
    }

    [Fact]
    public async Task An_idle_server_is_pinged()
    {
        var time = new FakeTimeProvider();
        var (channel, peer) = await ConnectAsync(options: OurClient.Roomy with { TimeProvider = time });

        time.Pass(WebSocketOptions.Default.PingAfterIdle);

        Assert.Equal("ping", await peer.NextAsync());
        await EndAsync(channel, peer);
    }

    [Fact]
    public async Task The_limit_of_the_server_closes_the_connection_with_1009()
    {
        var (channel, peer) = await ConnectAsync("max=1000");
        await channel.SendAsync(MessageType.Binary, Message.Binary(1000).Payload);
        Assert.Equal(Message.Binary(1000).ToString(), await peer.NextAsync());

        await channel.SendAsync(MessageType.Binary, Message.Binary(1001).Payload);

        Assert.Null(await ReceiveAsync(channel));
        var end = await channel.Ended;
        Assert.Equal((EndCause.ClosedByPeer, CloseStatus.MessageTooBig), (end.Cause, end.Status));
    }

    [Fact]
    public async Task A_close_frame_without_a_status_is_answered_with_one()
    {
        var (channel, peer) = await ConnectAsync();

        await Steered(peer).DoAsync("close");

        Assert.Null(await ReceiveAsync(channel));
        Assert.Equal(CloseStatus.NoStatusReceived, (await channel.Ended).Status);
        Assert.Equal("close 1005", await peer.NextAsync());
    }

    private static SteeredPeer Steered(Peer peer) => (SteeredPeer)peer;
}
