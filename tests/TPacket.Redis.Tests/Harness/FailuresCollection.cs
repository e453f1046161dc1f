namespace TPacket.Redis.Tests.Harness;

/// <summary>Tests of failures of Redis. Each starts its own.</summary>
[CollectionDefinition(nameof(FailuresCollection))]
public sealed class FailuresCollection : ICollectionFixture<RedisFixture>;
