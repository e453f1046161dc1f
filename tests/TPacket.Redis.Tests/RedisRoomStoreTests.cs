using TPacket.Redis.Tests.Harness;

namespace TPacket.Redis.Tests;

/// <summary>Rooms on one Redis keep to the contract.</summary>
[Collection(nameof(RedisCollection))]
public sealed class RedisRoomStoreTests(RedisFixture redis) : RedisRoomStoreSpecification(redis.Server.Configuration);
