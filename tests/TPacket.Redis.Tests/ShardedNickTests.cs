using TPacket.Redis.Tests.Harness;

namespace TPacket.Redis.Tests;

/// <summary>Nicks are unique on all servers of a Redis Cluster.</summary>
[Collection(nameof(ShardsCollection))]
public sealed class ShardedNickTests(ShardsFixture fixture) : RedisNickSpecification(fixture.Shards.Configuration);
