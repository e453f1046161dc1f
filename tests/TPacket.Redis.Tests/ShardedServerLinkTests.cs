using TPacket.Redis.Tests.Harness;

namespace TPacket.Redis.Tests;

/// <summary>Servers on a Redis Cluster ask one another as the contract says.</summary>
[Collection(nameof(ShardsCollection))]
public sealed class ShardedServerLinkTests(ShardsFixture fixture) : RedisServerLinkSpecification(fixture.Shards.Configuration);
