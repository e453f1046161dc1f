using TPacket.Redis.Tests.Harness;

namespace TPacket.Redis.Tests.Rooms;

/// <summary>Rooms on one Redis.</summary>
[Collection(nameof(StoresCollection))]
public sealed class RedisRoomStoreTests(RedisFixture redis) : RedisRoomStoreSpecification(redis.Server.Configuration);
