using System.Security.Authentication;
using TPacket.Interop.Tests.Ours;
using TPacket.Interop.Tests.Peers;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Interop.Tests.Specifications;

/// <summary>Our client with any independent server behind TLS.</summary>
public abstract class TlsClientSpecification(IPeerServer server, Transport? transport) : OurClientTests(server, transport)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_are_sent_in_both_directions(bool compressed)
    {
        var (channel, peer) = await ConnectAsync(compressed);
        foreach (var message in CompressedMessages.All)
        {
            await channel.SendAsync(message.Type, message.Payload);
            Assert.Equal(message.ToString(), await peer.NextAsync());
            await peer.SendAsync(message);
            Assert.Equal(message.ToString(), await ReceiveAsync(channel));
        }

        await EndAsync(channel, peer);
    }

    [Theory]
    [ClassData(typeof(Closes))]
    public async Task A_server_closes(int status, string reason)
    {
        var (channel, peer) = await ConnectAsync();

        await peer.SendAsync(Message.Text(1 << 20));
        await peer.CloseAsync(status, reason);

        Assert.Equal(Message.Text(1 << 20).ToString(), await ReceiveAsync(channel));
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
        Assert.Contains(error.End.Cause, new[] { EndCause.EndOfStream, EndCause.TransportFailed });
    }

    [Fact]
    public async Task A_refusal_is_reported_with_its_body()
    {
        var (uri, _) = Server.Expect("refuse=401", tls: true);

        var error = await Assert.ThrowsAsync<WebSocketConnectException>(() => Client.ConnectAsync(uri));

        Assert.Equal((401, "Not here."), (error.Response?.StatusCode, error.Response?.Body));
    }

    [Fact]
    public async Task A_certificate_without_a_trusted_issuer_is_rejected()
    {
        var (uri, _) = Server.Expect(tls: true);

        var error = await Assert.ThrowsAsync<WebSocketConnectException>(() => Client.ConnectAsync(uri, trustsTestCertificate: false));

        var handshake = Assert.IsType<TlsHandshakeException>(error.InnerException);
        Assert.IsType<AuthenticationException>(handshake.InnerException);
    }

    private async Task<(WebSocketChannel Channel, Peer Peer)> ConnectAsync(bool compressed = false)
    {
        var (uri, peer) = Server.Expect(deflate: compressed ? new Agreement() : null, tls: true);
        var connection = OurServer.Roomy with { Compression = compressed ? DeflateOptions.Default : null };
        var channel = await Client.ConnectAsync(uri, OurClient.Roomy with { Connection = connection });
        Assert.StartsWith(compressed ? "open extensions permessage-deflate" : "open", await peer.NextAsync(), StringComparison.Ordinal);
        return (channel, peer);
    }
}
