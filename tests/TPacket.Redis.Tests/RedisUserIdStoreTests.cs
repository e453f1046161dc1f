using TPacket.Redis.Tests.Harness;

namespace TPacket.Redis.Tests;

/// <summary>The ids of users on one Redis keep to the contract.</summary>
[Collection(nameof(RedisCollection))]
public sealed class RedisUserIdStoreTests(RedisFixture redis) : RedisUserIdStoreSpecification(redis.Server.Configuration);
