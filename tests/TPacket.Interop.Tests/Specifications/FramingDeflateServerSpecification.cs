using TPacket.Interop.Tests.Peers;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Interop.Tests.Specifications;

/// <summary>Our server with permessage-deflate, and a client with configurable offers.</summary>
public abstract class FramingDeflateServerSpecification(IPeerClient client, Func<Transport> transport) : DeflateServerSpecification(client, transport)
{
    [Theory]
    [InlineData("", "", "permessage-deflate")]
    [InlineData(
        "server_no_context_takeover; client_no_context_takeover", "", "permessage-deflate; server_no_context_takeover; client_no_context_takeover")]
    [InlineData(
        "", "server_no_context_takeover; client_no_context_takeover", "permessage-deflate; server_no_context_takeover; client_no_context_takeover")]
    [InlineData("server_no_context_takeover", "", "permessage-deflate; server_no_context_takeover")]
    [InlineData("", "client_no_context_takeover", "permessage-deflate; client_no_context_takeover")]
    // A server uses a smaller window without an answer to a client that has not requested it (section 7.1.2.1).
    [InlineData("server_max_window_bits=10; client_max_window_bits=9", "", "permessage-deflate; client_max_window_bits=9")]
    [InlineData("", "server_max_window_bits=9", "permessage-deflate; server_max_window_bits=9")]
    [InlineData(
        "server_no_context_takeover; server_max_window_bits=9; client_max_window_bits=9", "server_max_window_bits=12; client_max_window_bits=12; client_no_context_takeover",
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9; client_max_window_bits=9")]
    public Task Messages_are_echoed_with_the_negotiated_parameters(string ours, string theirs, string agreed) => ExchangeAsync(ours, theirs, agreed);

    [Fact]
    public async Task A_fragmented_message_is_echoed()
    {
        var (peer, connection) = await ConnectAsync(DeflateOptions.Default, new Agreement());
        var message = Message.Text(100_000);

        await peer.SendFragmentsAsync(message, 1, 1, 65_000);

        Assert.Equal(message.ToString(), await peer.NextAsync());
        await EndAsync(peer, connection);
    }
}
