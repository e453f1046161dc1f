using TPacket.Interop.Tests.Ours;
using TPacket.Interop.Tests.Peers;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Interop.Tests.Specifications;

/// <summary>Our server with any independent client, a browser included.</summary>
public abstract class ServerSpecification(IPeerClient client, Func<Transport> transport) : OurServerTests(client, transport)
{
    [Theory]
    [ClassData(typeof(Sizes))]
    public async Task A_message_is_echoed(MessageType type, int length)
    {
        var (peer, connection) = await ConnectAsync();
        var message = new Message(type, length);

        await peer.SendAsync(message);

        Assert.Equal(message.ToString(), await peer.NextAsync());
        await EndAsync(peer, connection);
    }

    [Fact]
    public async Task A_thousand_messages_are_echoed_in_order()
    {
        var (peer, connection) = await ConnectAsync();
        var messages = Enumerable.Range(0, 1000).Select(i => new Message(i % 3 == 0 ? MessageType.Text : MessageType.Binary, i)).ToArray();

        foreach (var message in messages)
            await peer.SendAsync(message);

        foreach (var message in messages)
            Assert.Equal(message.ToString(), await peer.NextAsync());
        await EndAsync(peer, connection);
    }

    [Theory]
    [ClassData(typeof(Closes))]
    public async Task A_client_closes(int status, string reason)
    {
        var (peer, connection) = await ConnectAsync();

        await peer.CloseAsync(status, reason);

        // Section 5.5.1: the echo has the status; it has no reason.
        Assert.Equal($"close {status}", await peer.NextAsync());
        Assert.Equal(new ConnectionEnd(EndCause.ClosedByPeer, (CloseStatus)status, reason), await connection.Ended);
    }

    [Theory]
    [ClassData(typeof(Closes))]
    [InlineData(1001, "restarting")]
    [InlineData(1011, "broken")]
    public async Task The_server_closes(int status, string reason)
    {
        var (peer, connection) = await ConnectAsync();

        connection.Connection.Close((CloseStatus)status, reason);

        Assert.Equal($"close {status} {reason}".TrimEnd(), await peer.NextAsync());
        Assert.Equal(new ConnectionEnd(EndCause.ClosedHere, (CloseStatus)status, reason), await connection.Ended);
    }

    [Fact]
    public async Task Messages_before_a_close_are_delivered_before_it()
    {
        var (peer, connection) = await ConnectAsync();
        var last = Message.Binary(1 << 20);

        Assert.True(connection.Connection.Send(last.Type, last.Payload));
        connection.Connection.Close(CloseStatus.GoingAway, "bye");

        Assert.Equal(last.ToString(), await peer.NextAsync());
        Assert.Equal("close 1001 bye", await peer.NextAsync());
        Assert.Equal(EndCause.ClosedHere, (await connection.Ended).Cause);
    }

    [Fact]
    public async Task A_client_reports_a_server_that_vanishes()
    {
        var (peer, connection) = await ConnectAsync();

        connection.Connection.Abort();

        Assert.Equal("close 1006", await peer.NextAsync());
        Assert.Equal(EndCause.Aborted, (await connection.Ended).Cause);
    }

    [Theory]
    [InlineData(MessageType.Text)]
    [InlineData(MessageType.Binary)]
    public async Task A_message_that_is_too_big_is_refused_with_1009(MessageType type)
    {
        var (peer, connection) = await ConnectAsync(OurServer.Roomy with { MaxMessageLength = 1000 });
        var fits = new Message(type, 1000);
        await peer.SendAsync(fits);
        Assert.Equal(fits.ToString(), await peer.NextAsync());

        await peer.SendAsync(new Message(type, 1001));

        Assert.Equal("close 1009 message too big", await peer.NextAsync());
        Assert.Equal((EndCause.Violation, CloseStatus.MessageTooBig), await EndOf(connection));
    }

    [Fact]
    public async Task The_server_chooses_one_of_the_subprotocols_in_the_clients_order()
    {
        var (peer, connection) = await ConnectAsync(
            decide: static request => UpgradeDecision.Select(request, ["b", "c"]),
            offer: new ClientOffer { Subprotocols = ["a", "c", "b"] },
            opened: "open protocol c");

        Assert.Equal("c", connection.Connection.Subprotocol);
        await EndAsync(peer, connection);
    }

    protected async Task<(Peer Peer, EchoHandler Connection)> ConnectAsync(
        WebSocketOptions? options = null, Func<UpgradeRequest, UpgradeDecision>? decide = null, ClientOffer? offer = null, string opened = "open", TimeProvider? timeProvider = null)
    {
        var server = Serve(options, decide, timeProvider);
        var peer = Connect(server, offer);
        Assert.Equal(opened, await peer.NextAsync());
        return (peer, await server.AcceptedAsync());
    }
}
