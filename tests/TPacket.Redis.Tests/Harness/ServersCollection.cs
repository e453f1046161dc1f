namespace TPacket.Redis.Tests.Harness;

/// <summary>Tests of several servers. They share one Redis.</summary>
[CollectionDefinition(nameof(ServersCollection))]
public sealed class ServersCollection : ICollectionFixture<RedisFixture>;
