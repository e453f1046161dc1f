using TPacket.EndToEnd.Tests.Harness;

namespace TPacket.EndToEnd.Tests;

/// <summary>The TypeScript client in Node.</summary>
[Collection(nameof(NodeCollection))]
public sealed class NodeClientTests(NodeFixture node) : ClientSpecification(node, tls: false);
