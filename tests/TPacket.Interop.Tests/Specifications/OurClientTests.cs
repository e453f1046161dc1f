using TPacket.Interop.Tests.Ours;
using TPacket.Interop.Tests.Peers;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Interop.Tests.Specifications;

/// <summary>Our client and an independent server.</summary>
public abstract class OurClientTests : InteropTests
{
    /// <param name="server">The server.</param>
    /// <param name="transport">The transport of the client; null for HTTP/2, where the framework connects.</param>
    protected OurClientTests(IPeerServer server, Transport? transport)
    {
        Server = server;
        Client = Use(new OurClient(transport));
    }

    protected IPeerServer Server { get; }

    protected OurClient Client { get; }

    /// <summary>Receives the next message as a line; null at the end of a closed channel.</summary>
    protected static async Task<string?> ReceiveAsync(WebSocketChannel channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        using var deadline = Deadline.Start();
        return await channel.ReceiveAsync(deadline.Token) is { } message ? Message.Describe(message.Type, message.Payload.Span) : null;
    }

    /// <summary>The client closes.</summary>
    protected static async Task EndAsync(WebSocketChannel channel, Peer peer)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(peer);
        var end = await channel.CloseAsync().AsTask().WaitAsync(Deadline.Limit);
        Assert.Equal((EndCause.ClosedHere, CloseStatus.NormalClosure), (end.Cause, end.Status));
        Assert.Equal("close 1000", await peer.NextAsync());
    }
}
