using TPacket.Interop.Tests.Peers;
using TPacket.Interop.Tests.Specifications;
using TPacket.Transports;

namespace TPacket.Interop.Tests;

/// <summary>Our client on the fastest transport, epoll on Linux, with Node's server.</summary>
[Collection(nameof(NodeCollection))]
public sealed class NodeServerTests(NodeFixture node) : NodeServerSpecification(node, Transport.CreateFastest());
