using TPacket.Redis.Tests.Harness;

namespace TPacket.Redis.Tests;

/// <summary>The sessions on a Redis Cluster keep to the contract.</summary>
[Collection(nameof(ShardsCollection))]
public sealed class ShardedSessionStoreTests(ShardsFixture fixture) : RedisSessionStoreSpecification(fixture.Shards.Configuration);
