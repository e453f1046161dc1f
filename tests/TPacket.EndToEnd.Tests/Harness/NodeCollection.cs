namespace TPacket.EndToEnd.Tests.Harness;

/// <summary>The tests that share one process of Node.</summary>
[CollectionDefinition(nameof(NodeCollection))]
public sealed class NodeCollection : ICollectionFixture<NodeFixture>;
