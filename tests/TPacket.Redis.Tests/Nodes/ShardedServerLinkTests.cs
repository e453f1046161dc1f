using TPacket.Redis.Tests.Harness;

namespace TPacket.Redis.Tests.Nodes;

/// <summary>Questions between servers on a Redis Cluster.</summary>
[Collection(nameof(ShardsCollection))]
public sealed class ShardedServerLinkTests(ShardsFixture fixture) : RedisServerLinkSpecification(fixture.Shards.Configuration);
