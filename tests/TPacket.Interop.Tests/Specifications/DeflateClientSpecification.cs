using TPacket.Interop.Tests.Ours;
using TPacket.Interop.Tests.Peers;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Interop.Tests.Specifications;

/// <summary>Our client with permessage-deflate (RFC 7692), and any independent server.</summary>
public abstract class DeflateClientSpecification(IPeerServer server, Transport? transport) : OurClientTests(server, transport)
{
    [Theory]
    [InlineData("", "")]
    [InlineData("server_no_context_takeover; client_no_context_takeover", "")]
    [InlineData("", "server_no_context_takeover")]
    [InlineData("client_no_context_takeover", "server_no_context_takeover")]
    [InlineData("", "server_max_window_bits=9")]
    [InlineData("server_max_window_bits=10; client_max_window_bits=9", "server_max_window_bits=9")]
    public async Task Messages_are_sent_in_both_directions_with_the_negotiated_parameters(string ours, string theirs)
    {
        var (channel, peer) = await ConnectAsync(Agreement.Parse(ours).ForUs(), Agreement.Parse(theirs));
        foreach (var message in CompressedMessages.All)
        {
            await channel.SendAsync(message.Type, message.Payload);
            Assert.Equal(message.ToString(), await peer.NextAsync());
            await peer.SendAsync(message);
            Assert.Equal(message.ToString(), await ReceiveAsync(channel));
        }

        await EndAsync(channel, peer);
    }

    [Fact]
    public async Task Text_is_compressed()
    {
        var (channel, peer) = await ConnectAsync(DeflateOptions.Default, new Agreement());
        var message = Message.Text(1 << 20);

        await channel.SendAsync(message.Type, message.Payload);
        Assert.Equal(message.ToString(), await peer.NextAsync());
        await peer.SendAsync(message);
        Assert.Equal(message.ToString(), await ReceiveAsync(channel));

        if (Client.Traffic is { } traffic)
        {
            Assert.InRange(traffic.Sent, 1, message.Length / 3);
            Assert.InRange(traffic.Received, 1, message.Length / 3);
        }

        await EndAsync(channel, peer);
    }

    [Fact]
    public async Task A_fragmented_message_is_received()
    {
        var (channel, peer) = await ConnectAsync(DeflateOptions.Default, new Agreement());
        var message = Message.Text(100_000);

        await peer.SendFragmentsAsync(message, 1, 1, 65_000);

        Assert.Equal(message.ToString(), await ReceiveAsync(channel));
        await EndAsync(channel, peer);
    }

    [Fact]
    public async Task A_server_can_decline_the_extension()
    {
        var (uri, peer) = Server.Expect();
        var channel = await Client.ConnectAsync(uri, OurClient.Roomy with { Connection = OurServer.Roomy with { Compression = DeflateOptions.Default } });
        Assert.Equal("open", await peer.NextAsync());

        await channel.SendAsync(MessageType.Text, Message.Text(1000).Payload);

        Assert.Equal(Message.Text(1000).ToString(), await peer.NextAsync());
        await EndAsync(channel, peer);
    }

    private async Task<(WebSocketChannel Channel, Peer Peer)> ConnectAsync(DeflateOptions ours, Agreement theirs)
    {
        var (uri, peer) = Server.Expect(deflate: theirs);
        var channel = await Client.ConnectAsync(uri, OurClient.Roomy with { Connection = OurServer.Roomy with { Compression = ours } });
        Assert.StartsWith("open extensions permessage-deflate", await peer.NextAsync(), StringComparison.Ordinal);
        return (channel, peer);
    }
}
