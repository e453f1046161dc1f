using TPacket.Redis.Tests.Harness;

namespace TPacket.Redis.Tests.Rooms;

/// <summary>Rooms on a Redis Cluster.</summary>
[Collection(nameof(ShardsCollection))]
public sealed class ShardedRoomStoreTests(ShardsFixture fixture) : RedisRoomStoreSpecification(fixture.Shards.Configuration);
