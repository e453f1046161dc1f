using TPacket.Redis.Tests.Harness;

namespace TPacket.Redis.Tests;

/// <summary>The ids of users on a Redis Cluster keep to the contract.</summary>
[Collection(nameof(ShardsCollection))]
public sealed class ShardedUserIdStoreTests(ShardsFixture fixture) : RedisUserIdStoreSpecification(fixture.Shards.Configuration);
