using TPacket.Interop.Tests.Ours;
using TPacket.Interop.Tests.Peers;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Interop.Tests.Specifications;

/// <summary>Our server behind TLS, and any independent client.</summary>
public abstract class TlsServerSpecification(IPeerClient client, Func<Transport> transport) : OurServerTests(client, transport)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_are_echoed(bool compressed)
    {
        var (peer, connection) = await ConnectAsync(compressed);
        foreach (var message in CompressedMessages.All)
        {
            await peer.SendAsync(message);
            Assert.Equal(message.ToString(), await peer.NextAsync());
        }

        await EndAsync(peer, connection);
    }

    [Fact]
    public async Task Concurrent_messages_are_echoed_in_order()
    {
        var (peer, connection) = await ConnectAsync();
        // More than all buffers between both sides hold: each side has to send while it receives.
        var messages = Enumerable.Range(0, 100).Select(static i => Message.Binary((i * 997) % 100_000)).ToArray();

        foreach (var message in messages)
            await peer.SendAsync(message);

        foreach (var message in messages)
            Assert.Equal(message.ToString(), await peer.NextAsync());
        await EndAsync(peer, connection);
    }

    [Theory]
    [ClassData(typeof(Closes))]
    public async Task The_server_closes(int status, string reason)
    {
        var (peer, connection) = await ConnectAsync();
        var last = Message.Text(1 << 20);

        Assert.True(connection.Connection.Send(last.Type, last.Payload));
        connection.Connection.Close((CloseStatus)status, reason);

        Assert.Equal(last.ToString(), await peer.NextAsync());
        Assert.Equal($"close {status} {reason}".TrimEnd(), await peer.NextAsync());
        Assert.Equal(new ConnectionEnd(EndCause.ClosedHere, (CloseStatus)status, reason), await connection.Ended);
    }

    [Fact]
    public async Task A_message_that_is_too_big_is_refused_with_1009()
    {
        var (peer, connection) = await ConnectAsync(maxMessageLength: 1000);

        await peer.SendAsync(Message.Binary(100_000));

        Assert.Equal("close 1009 message too big", await peer.NextAsync());
        Assert.Equal((EndCause.Violation, CloseStatus.MessageTooBig), await EndOf(connection));
    }

    [Fact]
    public async Task A_client_reports_a_server_that_vanishes()
    {
        var (peer, connection) = await ConnectAsync();

        connection.Connection.Abort();

        Assert.Equal("close 1006", await peer.NextAsync());
        Assert.Equal(EndCause.Aborted, (await connection.Ended).Cause);
    }

    private async Task<(Peer Peer, EchoHandler Connection)> ConnectAsync(bool compressed = false, int maxMessageLength = 16 << 20)
    {
        var server = Serve(OurServer.Roomy with { Compression = compressed ? DeflateOptions.Default : null, MaxMessageLength = maxMessageLength }, tls: true);
        var peer = Connect(server, new ClientOffer { Deflate = compressed ? new Agreement() : null });
        Assert.StartsWith(compressed ? "open extensions permessage-deflate" : "open", await peer.NextAsync(), StringComparison.Ordinal);
        return (peer, await server.AcceptedAsync());
    }
}
