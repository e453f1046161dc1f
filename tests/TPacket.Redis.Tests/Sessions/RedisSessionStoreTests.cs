using TPacket.Redis.Tests.Harness;

namespace TPacket.Redis.Tests.Sessions;

/// <summary>Sessions on one Redis.</summary>
[Collection(nameof(StoresCollection))]
public sealed class RedisSessionStoreTests(RedisFixture redis) : RedisSessionStoreSpecification(redis.Server.Configuration);
