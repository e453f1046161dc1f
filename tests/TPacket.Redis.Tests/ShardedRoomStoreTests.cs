using TPacket.Redis.Tests.Harness;

namespace TPacket.Redis.Tests;

/// <summary>Rooms on a Redis Cluster keep to the contract.</summary>
[Collection(nameof(ShardsCollection))]
public sealed class ShardedRoomStoreTests(ShardsFixture fixture) : RedisRoomStoreSpecification(fixture.Shards.Configuration);
