namespace TPacket.Redis.Tests.Harness;

/// <summary>Tests of the stores. They share one Redis.</summary>
[CollectionDefinition(nameof(StoresCollection))]
public sealed class StoresCollection : ICollectionFixture<RedisFixture>;
