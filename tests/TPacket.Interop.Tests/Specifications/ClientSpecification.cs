using TPacket.Interop.Tests.Ours;
using TPacket.Interop.Tests.Peers;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Interop.Tests.Specifications;

/// <summary>Our client with any independent server.</summary>
public abstract class ClientSpecification(IPeerServer server, Transport? transport) : OurClientTests(server, transport)
{
    [Theory]
    [ClassData(typeof(Sizes))]
    public async Task A_message_is_sent_in_both_directions(MessageType type, int length)
    {
        var (channel, peer) = await ConnectAsync();
        var message = new Message(type, length);

        await channel.SendAsync(type, message.Payload);
        Assert.Equal(message.ToString(), await peer.NextAsync());

        await peer.SendAsync(message);
        Assert.Equal(message.ToString(), await ReceiveAsync(channel));
        await EndAsync(channel, peer);
    }

    [Fact]
    public async Task A_thousand_messages_are_sent_in_both_directions_in_order()
    {
        var (channel, peer) = await ConnectAsync();
        var messages = Enumerable.Range(0, 1000).Select(i => new Message(i % 3 == 0 ? MessageType.Text : MessageType.Binary, i)).ToArray();

        // While the client reads: HTTP/2 accepts no more than its window from a sender.
        var sending = SendAsync();
        foreach (var message in messages)
        {
            Assert.Equal(message.ToString(), await peer.NextAsync());
            Assert.Equal(message.ToString(), await ReceiveAsync(channel));
        }

        await sending;
        await EndAsync(channel, peer);

        async Task SendAsync()
        {
            foreach (var message in messages)
            {
                await channel.SendAsync(message.Type, message.Payload);
                await peer.SendAsync(message);
            }
        }
    }

    [Theory]
    [InlineData(MessageType.Text, 10, new[] { 2 })] // within the second character
    [InlineData(MessageType.Binary, 3, new[] { 0, 1, 1, 3 })] // with empty frames first, between and last
    [InlineData(MessageType.Binary, 200_000, new[] { 125, 126, 65_662 })]
    public async Task A_fragmented_message_is_received(MessageType type, int length, int[] ends)
    {
        var (channel, peer) = await ConnectAsync();
        var message = new Message(type, length);

        await peer.SendFragmentsAsync(message, ends);

        Assert.Equal(message.ToString(), await ReceiveAsync(channel));
        await EndAsync(channel, peer);
    }

    [Theory]
    [ClassData(typeof(Closes))]
    public async Task The_client_closes(int status, string reason)
    {
        var (channel, peer) = await ConnectAsync();

        var end = await channel.CloseAsync((CloseStatus)status, reason).AsTask().WaitAsync(Deadline.Limit);

        Assert.Equal(new ConnectionEnd(EndCause.ClosedHere, (CloseStatus)status, reason), end);
        Assert.Equal($"close {status} {reason}".TrimEnd(), await peer.NextAsync());
    }

    [Theory]
    [ClassData(typeof(Closes))]
    [InlineData(1001, "restarting")]
    [InlineData(1011, "broken")]
    public async Task A_server_closes(int status, string reason)
    {
        var (channel, peer) = await ConnectAsync();

        await peer.SendAsync(Message.Text(10));
        await peer.CloseAsync(status, reason);

        Assert.Equal(Message.Text(10).ToString(), await ReceiveAsync(channel));
        Assert.Null(await ReceiveAsync(channel));
        Assert.Equal(new ConnectionEnd(EndCause.ClosedByPeer, (CloseStatus)status, reason), await channel.Ended);
        Assert.Equal($"close {status}", await peer.NextAsync());
    }

    [Fact]
    public async Task The_client_reports_a_server_that_vanishes()
    {
        var (channel, peer) = await ConnectAsync();

        await peer.VanishAsync();

        var error = await Assert.ThrowsAsync<WebSocketEndedException>(() => ReceiveAsync(channel));
        // An end or a reset, depending on the server's system.
        Assert.Contains(error.End.Cause, new[] { EndCause.EndOfStream, EndCause.TransportFailed });
    }

    [Fact]
    public async Task A_server_reports_a_client_that_vanishes()
    {
        var (channel, peer) = await ConnectAsync();

        channel.Abort();

        Assert.Equal("close 1006", await peer.NextAsync());
    }

    [Theory]
    [InlineData(MessageType.Text)]
    [InlineData(MessageType.Binary)]
    public async Task A_message_that_is_too_big_is_refused_with_1009(MessageType type)
    {
        var (channel, peer) = await ConnectAsync(options: new WebSocketClientOptions { Connection = WebSocketOptions.Default with { MaxMessageLength = 1000 } });
        var fits = new Message(type, 1000);
        await peer.SendAsync(fits);
        Assert.Equal(fits.ToString(), await ReceiveAsync(channel));

        await peer.SendAsync(new Message(type, 1001));

        var error = await Assert.ThrowsAsync<WebSocketEndedException>(() => ReceiveAsync(channel));
        Assert.Equal((EndCause.Violation, CloseStatus.MessageTooBig), (error.End.Cause, error.End.Status));
        Assert.Equal("close 1009 message too big", await peer.NextAsync());
    }

    [Fact]
    public async Task The_server_chooses_a_subprotocol()
    {
        var (channel, peer) = await ConnectAsync("protocol=b", OurClient.Roomy with { Subprotocols = ["a", "b"] }, "open protocol b");

        Assert.Equal("b", channel.Connection.Subprotocol);
        await EndAsync(channel, peer);
    }

    [Fact]
    public async Task A_server_can_choose_no_subprotocol()
    {
        var (channel, peer) = await ConnectAsync("protocol=c", OurClient.Roomy with { Subprotocols = ["a", "b"] });

        Assert.Null(channel.Connection.Subprotocol);
        await EndAsync(channel, peer);
    }

    [Theory]
    [InlineData("refuse=401", 401)]
    [InlineData("refuse=503", 503)]
    [InlineData("refuse=302&location=/1", 302)]
    public Task Any_other_response_is_a_refusal(string treatment, int status) => ExpectRefusalAsync(treatment, status);

    protected async Task ExpectRefusalAsync(string treatment, int status)
    {
        var (uri, _) = Server.Expect(treatment);

        var error = await Assert.ThrowsAsync<WebSocketConnectException>(() => Client.ConnectAsync(uri));

        Assert.Equal((EndCause.HandshakeRefused, status, "Not here."), (error.End.Cause, error.Response?.StatusCode, error.Response?.Body.Trim()));
    }

    protected async Task<(WebSocketChannel Channel, Peer Peer)> ConnectAsync(string treatment = "", WebSocketClientOptions? options = null, string opened = "open")
    {
        var (uri, peer) = Server.Expect(treatment);
        var channel = await Client.ConnectAsync(uri, options);
        Assert.Equal(opened, await peer.NextAsync());
        return (channel, peer);
    }
}
