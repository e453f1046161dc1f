using TPacket.EndToEnd.Tests.Harness;

namespace TPacket.EndToEnd.Tests;

/// <summary>The TypeScript client in Node, with TLS.</summary>
[Collection(nameof(NodeCollection))]
public sealed class NodeClientTlsTests(NodeFixture node) : ClientSpecification(node, tls: true);
