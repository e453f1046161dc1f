using TPacket.Redis.Tests.Harness;

namespace TPacket.Redis.Tests;

/// <summary>The sessions on one Redis keep to the contract.</summary>
[Collection(nameof(RedisCollection))]
public sealed class RedisSessionStoreTests(RedisFixture redis) : RedisSessionStoreSpecification(redis.Server.Configuration);
