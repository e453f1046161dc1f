using TPacket.Interop.Tests.Peers;
using TPacket.Transports;

namespace TPacket.Interop.Tests.Specifications;

/// <summary>Our client with any independent server over HTTP/1.1, where a status other than 101 never opens a WebSocket.</summary>
public abstract class Http11ClientSpecification(IPeerServer server, Transport transport) : ClientSpecification(server, transport)
{
    [Fact]
    public Task A_page_is_a_refusal() => ExpectRefusalAsync("refuse=200", 200);
}
