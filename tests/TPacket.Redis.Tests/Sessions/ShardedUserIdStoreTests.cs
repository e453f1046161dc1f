using TPacket.Redis.Tests.Harness;

namespace TPacket.Redis.Tests.Sessions;

/// <summary>User ids on a Redis Cluster.</summary>
[Collection(nameof(ShardsCollection))]
public sealed class ShardedUserIdStoreTests(ShardsFixture fixture) : RedisUserIdStoreSpecification(fixture.Shards.Configuration);
