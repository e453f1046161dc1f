using TPacket.Interop.Tests.Peers;
using TPacket.Interop.Tests.Specifications;
using TPacket.Transports;

namespace TPacket.Interop.Tests;

/// <summary>Node's client with our server on System.Net.Sockets, behind TLS.</summary>
[Collection(nameof(NodeCollection))]
public sealed class NodeClientTlsOnSocketsTests(NodeFixture node) : TlsServerSpecification(node, static () => new SocketTransport());
