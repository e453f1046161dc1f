using TPacket.Redis.Tests.Harness;

namespace TPacket.Redis.Tests.Sessions;

/// <summary>User ids on one Redis.</summary>
[Collection(nameof(StoresCollection))]
public sealed class RedisUserIdStoreTests(RedisFixture redis) : RedisUserIdStoreSpecification(redis.Server.Configuration);
