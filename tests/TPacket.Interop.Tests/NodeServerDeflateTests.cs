using TPacket.Interop.Tests.Peers;
using TPacket.Interop.Tests.Specifications;
using TPacket.Transports;

namespace TPacket.Interop.Tests;

/// <summary>Our client with Node's server, with compression.</summary>
[Collection(nameof(NodeCollection))]
public sealed class NodeServerDeflateTests(NodeFixture node) : DeflateClientSpecification(node, Transport.CreateFastest());
