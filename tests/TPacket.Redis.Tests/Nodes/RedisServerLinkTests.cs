using TPacket.Redis.Tests.Harness;

namespace TPacket.Redis.Tests.Nodes;

/// <summary>Questions between servers on one Redis.</summary>
[Collection(nameof(StoresCollection))]
public sealed class RedisServerLinkTests(RedisFixture redis) : RedisServerLinkSpecification(redis.Server.Configuration);
