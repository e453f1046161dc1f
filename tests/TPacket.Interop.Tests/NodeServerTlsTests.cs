using TPacket.Interop.Tests.Peers;
using TPacket.Interop.Tests.Specifications;
using TPacket.Transports;

namespace TPacket.Interop.Tests;

/// <summary>Our client with Node's server behind TLS.</summary>
[Collection(nameof(NodeCollection))]
public sealed class NodeServerTlsTests(NodeFixture node) : TlsClientSpecification(node, Transport.CreateFastest());
