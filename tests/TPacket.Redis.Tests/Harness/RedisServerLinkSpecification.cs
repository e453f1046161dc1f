using TPacket.Server;
using TPacket.Server.Redis;
using TPacket.Testing;

namespace TPacket.Redis.Tests.Harness;

/// <summary>The specification of links between servers for Redis.</summary>
/// <param name="configuration">The configuration string of Redis.</param>
public abstract class RedisServerLinkSpecification(string configuration) : ServerLinkSpecification
{
    private readonly TestStores _places = new(configuration);
    private readonly Dictionary<IServerLink, RedisStore> _stores = [];

    protected override async ValueTask<IServerLink> CreateAsync()
    {
        var store = _stores.Count == 0 ? await _places.CreateAsync() : await _places.OpenAsync();
        _stores.Add(store.Link, store);
        return store.Link;
    }

    protected override ValueTask EndAsync(IServerLink link) => _stores[link].DisposeAsync();
}
