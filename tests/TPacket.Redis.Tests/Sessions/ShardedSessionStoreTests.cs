using TPacket.Redis.Tests.Harness;

namespace TPacket.Redis.Tests.Sessions;

/// <summary>Sessions on a Redis Cluster.</summary>
[Collection(nameof(ShardsCollection))]
public sealed class ShardedSessionStoreTests(ShardsFixture fixture) : RedisSessionStoreSpecification(fixture.Shards.Configuration);
