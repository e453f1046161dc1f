using TPacket.Redis.Tests.Harness;

namespace TPacket.Redis.Tests.Nicks;

/// <summary>Nicks on a Redis Cluster.</summary>
[Collection(nameof(ShardsCollection))]
public sealed class ShardedNickTests(ShardsFixture fixture) : RedisNickSpecification(fixture.Shards.Configuration);
