using TPacket.Interop.Tests.Peers;
using TPacket.Interop.Tests.Specifications;
using TPacket.Transports;

namespace TPacket.Interop.Tests;

/// <summary>Our client on System.Net.Sockets with Node's server.</summary>
[Collection(nameof(NodeCollection))]
public sealed class NodeServerOnSocketsTests(NodeFixture node) : NodeServerSpecification(node, new SocketTransport());
