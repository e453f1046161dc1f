namespace TPacket.Redis.Tests.Harness;

/// <summary>The tests that share one Redis.</summary>
[CollectionDefinition(nameof(RedisCollection))]
public sealed class RedisCollection : ICollectionFixture<RedisFixture>;
