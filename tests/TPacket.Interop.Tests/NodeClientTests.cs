using TPacket.Interop.Tests.Peers;
using TPacket.Interop.Tests.Specifications;
using TPacket.Transports;

namespace TPacket.Interop.Tests;

/// <summary>Node's client with our server on the fastest transport: epoll on Linux.</summary>
[Collection(nameof(NodeCollection))]
public sealed class NodeClientTests(NodeFixture node) : NodeClientSpecification(node, static () => Transport.CreateFastest());
