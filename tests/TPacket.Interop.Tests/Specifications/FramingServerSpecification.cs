using TPacket.Interop.Tests.Peers;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Interop.Tests.Specifications;

/// <summary>Our server with a client that chooses its frames, unlike a browser.</summary>
public abstract class FramingServerSpecification(IPeerClient client, Func<Transport> transport) : ServerSpecification(client, transport)
{
    [Theory]
    [InlineData(MessageType.Text, 10, new[] { 2 })] // within the second character
    [InlineData(MessageType.Text, 1000, new[] { 1, 3, 500 })]
    [InlineData(MessageType.Binary, 3, new[] { 0, 1, 1, 3 })] // with empty frames first, between and last
    [InlineData(MessageType.Binary, 200_000, new[] { 125, 126, 65_662 })]
    public async Task A_fragmented_message_is_echoed(MessageType type, int length, int[] ends)
    {
        var (peer, connection) = await ConnectAsync();
        var message = new Message(type, length);

        await peer.SendFragmentsAsync(message, ends);

        Assert.Equal(message.ToString(), await peer.NextAsync());
        await EndAsync(peer, connection);
    }

    [Fact]
    public async Task Fragments_that_are_too_big_together_are_refused_with_1009()
    {
        var (peer, connection) = await ConnectAsync(WebSocketOptions.Default with { MaxMessageLength = 1000 });

        await peer.SendFragmentsAsync(Message.Binary(1001), 400, 800);

        Assert.Equal("close 1009 message too big", await peer.NextAsync());
        Assert.Equal((EndCause.Violation, CloseStatus.MessageTooBig), await EndOf(connection));
    }

    [Fact]
    public async Task The_server_reports_a_client_that_vanishes()
    {
        var (peer, connection) = await ConnectAsync();

        await peer.VanishAsync();

        // An end or a reset, depending on the client's system.
        Assert.Contains((await connection.Ended).Cause, new[] { EndCause.EndOfStream, EndCause.TransportFailed });
    }
}
