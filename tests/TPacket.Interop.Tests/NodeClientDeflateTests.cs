using TPacket.Interop.Tests.Peers;
using TPacket.Interop.Tests.Specifications;
using TPacket.Transports;

namespace TPacket.Interop.Tests;

/// <summary>Node's client with our server, with compression.</summary>
[Collection(nameof(NodeCollection))]
public sealed class NodeClientDeflateTests(NodeFixture node) : FramingDeflateServerSpecification(node, static () => Transport.CreateFastest())
{
    // The smallest window, which zlib does not support: it compresses with 9 bits where 8 are requested.
    [Theory]
    [InlineData("server_max_window_bits=8; client_max_window_bits=8", "", "permessage-deflate; client_max_window_bits=8")]
    [InlineData("", "server_max_window_bits=8", "permessage-deflate; server_max_window_bits=8")]
    public Task Messages_are_echoed_with_the_smallest_window(string ours, string theirs, string agreed) => ExchangeAsync(ours, theirs, agreed);
}
