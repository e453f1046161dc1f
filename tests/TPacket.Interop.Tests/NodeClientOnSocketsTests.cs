using TPacket.Interop.Tests.Peers;
using TPacket.Interop.Tests.Specifications;
using TPacket.Transports;

namespace TPacket.Interop.Tests;

/// <summary>Node's client with our server on System.Net.Sockets.</summary>
[Collection(nameof(NodeCollection))]
public sealed class NodeClientOnSocketsTests(NodeFixture node) : NodeClientSpecification(node, static () => new SocketTransport());
