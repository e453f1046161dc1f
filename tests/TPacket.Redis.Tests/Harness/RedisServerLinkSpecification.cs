using TPacket.Server;
using TPacket.Server.Redis;
using TPacket.Testing;

namespace TPacket.Redis.Tests.Harness;

/// <summary>The way from server to server keeps to the contract.</summary>
/// <param name="configuration">Where Redis is.</param>
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
