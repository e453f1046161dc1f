namespace TPacket.EndToEnd.Tests;

/// <summary>The tests that share one process of Node.</summary>
[CollectionDefinition(nameof(NodeCollection))]
public sealed class NodeCollection : ICollectionFixture<NodeFixture>;
