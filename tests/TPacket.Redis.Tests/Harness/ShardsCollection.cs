namespace TPacket.Redis.Tests.Harness;

/// <summary>The tests that share one Redis Cluster.</summary>
[CollectionDefinition(nameof(ShardsCollection))]
public sealed class ShardsCollection : ICollectionFixture<ShardsFixture>;
