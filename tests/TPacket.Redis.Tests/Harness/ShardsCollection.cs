namespace TPacket.Redis.Tests.Harness;

/// <summary>Tests that share one Redis Cluster.</summary>
[CollectionDefinition(nameof(ShardsCollection))]
public sealed class ShardsCollection : ICollectionFixture<ShardsFixture>;
