using TPacket.Interop.Tests.Ours;
using TPacket.Interop.Tests.Peers;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Interop.Tests.Specifications;

/// <summary>Our server with permessage-deflate (RFC 7692), and any independent client.</summary>
public abstract class DeflateServerSpecification(IPeerClient client, Func<Transport> transport) : OurServerTests(client, transport)
{
    [Fact]
    public async Task Text_is_compressed()
    {
        var (peer, connection) = await ConnectAsync(DeflateOptions.Default, new Agreement());
        var message = Message.Text(1 << 20);

        await peer.SendAsync(message);

        Assert.Equal(message.ToString(), await peer.NextAsync());
        Assert.InRange(connection.Traffic.Received, 1, message.Length / 3);
        Assert.InRange(connection.Traffic.Sent, 1, message.Length / 3);
        await EndAsync(peer, connection);
    }

    [Fact]
    public async Task The_limit_of_a_message_counts_its_uncompressed_length()
    {
        var (peer, connection) = await ConnectAsync(DeflateOptions.Default, new Agreement(), maxMessageLength: 10_000);
        await peer.SendAsync(Message.Text(10_000));
        Assert.Equal(Message.Text(10_000).ToString(), await peer.NextAsync());

        await peer.SendAsync(Message.Text(10_001));

        Assert.Equal("close 1009 message too big", await peer.NextAsync());
        Assert.Equal((EndCause.Violation, CloseStatus.MessageTooBig), await EndOf(connection));
    }

    [Fact]
    public async Task Every_client_reads_a_frame_that_was_compressed_once()
    {
        const int Clients = 3;
        var server = Serve(OurServer.Roomy with { Compression = DeflateOptions.Default });
        var clients = new List<(Peer Peer, EchoHandler Connection)>();
        for (var i = 0; i < Clients; i++)
            clients.Add(await ConnectAsync(server, new Agreement()));
        var payload = Message.Text(10_000).Payload;

        var frames = clients[0].Connection.Connection.SharedCompression!.TryCompress(payload.AsSpan(0, 8), payload.AsSpan(8))!;
        Assert.InRange(frames.Length, 1, payload.Length / 3);
        foreach (var (_, connection) in clients)
            Assert.True(connection.Connection.Send(frames, 0, frames.Length, messages: 1));
        frames.Release();

        foreach (var (peer, connection) in clients)
        {
            Assert.Equal(Message.Describe(MessageType.Binary, payload), await peer.NextAsync());
            await EndAsync(peer, connection);
        }
    }

    /// <summary>Connects and exchanges messages of many lengths.</summary>
    /// <param name="ours">The parameters that our server requests.</param>
    /// <param name="theirs">The parameters that the client requests.</param>
    /// <param name="agreed">The server's answer.</param>
    protected async Task ExchangeAsync(string ours, string theirs, string agreed)
    {
        var (peer, connection) = await ConnectAsync(Agreement.Parse(ours).ForUs(), Agreement.Parse(theirs), agreed: agreed);
        foreach (var message in CompressedMessages.All)
        {
            await peer.SendAsync(message);
            Assert.Equal(message.ToString(), await peer.NextAsync());
        }

        await EndAsync(peer, connection);
    }

    protected async Task<(Peer Peer, EchoHandler Connection)> ConnectAsync(DeflateOptions ours, Agreement theirs, int maxMessageLength = 1 << 20, string? agreed = null)
    {
        var server = Serve(OurServer.Roomy with { Compression = ours, MaxMessageLength = maxMessageLength });
        return await ConnectAsync(server, theirs, agreed);
    }

    private async Task<(Peer Peer, EchoHandler Connection)> ConnectAsync(OurServer server, Agreement theirs, string? agreed = null)
    {
        var peer = Connect(server, new ClientOffer { Deflate = theirs });
        var opened = await peer.NextAsync();
        Assert.StartsWith("open extensions permessage-deflate", opened, StringComparison.Ordinal);
        if (agreed is not null)
            Assert.Equal($"open extensions {agreed}", opened);
        return (peer, await server.AcceptedAsync());
    }
}
