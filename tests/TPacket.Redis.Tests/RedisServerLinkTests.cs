using TPacket.Redis.Tests.Harness;

namespace TPacket.Redis.Tests;

/// <summary>Servers on one Redis ask one another as the contract says.</summary>
[Collection(nameof(RedisCollection))]
public sealed class RedisServerLinkTests(RedisFixture redis) : RedisServerLinkSpecification(redis.Server.Configuration);
