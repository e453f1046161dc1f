using TPacket.Redis.Tests.Harness;
using TPacket.Server;
using TPacket.Server.Redis;
using TPacket.Server.Redis.Sessions;
using TPacket.Testing;

namespace TPacket.Redis.Tests;

/// <summary>The ids of users keep to the contract.</summary>
[Collection(nameof(RedisCollection))]
public sealed class RedisUserIdStoreTests(RedisFixture redis) : UserIdStoreSpecification
{
    private readonly TestStores _places = new(redis.Server);
    private readonly Dictionary<IUserIdStore, RedisStore> _stores = [];

    protected override bool KeepsIds => true;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var store in _stores.Values)
            await store.DisposeAsync();
    }

    protected override async ValueTask<IUserIdStore> CreateAsync() => Ids(await _places.CreateAsync());

    protected override async ValueTask<IUserIdStore> OpenAnotherAsync(IUserIdStore store) => Ids(await _places.OpenAsync());

    protected override async ValueTask<IUserIdStore> ReopenAsync(IUserIdStore store)
    {
        await _stores[store].DisposeAsync();
        return Ids(await _places.OpenAsync());
    }

    protected override async ValueTask AdvanceAsync(IUserIdStore store, int id) => await _stores[store].Database.StringSetAsync(_stores[store].Keys.UserIds, id);

    private RedisUserIdStore Ids(RedisStore store)
    {
        var ids = new RedisUserIdStore(store);
        _stores.Add(ids, store);
        return ids;
    }
}
