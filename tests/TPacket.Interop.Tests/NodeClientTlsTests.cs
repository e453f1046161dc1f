using TPacket.Interop.Tests.Peers;
using TPacket.Interop.Tests.Specifications;
using TPacket.Transports;

namespace TPacket.Interop.Tests;

/// <summary>Node's client with our server on the fastest transport, behind TLS.</summary>
[Collection(nameof(NodeCollection))]
public sealed class NodeClientTlsTests(NodeFixture node) : TlsServerSpecification(node, static () => Transport.CreateFastest());
