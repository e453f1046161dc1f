using TPacket.Server;
using TPacket.Server.Redis;
using TPacket.Server.Redis.Sessions;
using TPacket.Testing;

namespace TPacket.Redis.Tests.Harness;

/// <summary>The specification of user id stores for Redis.</summary>
/// <param name="configuration">The configuration string of Redis.</param>
public abstract class RedisUserIdStoreSpecification(string configuration) : UserIdStoreSpecification
{
    private readonly TestStores _places = new(configuration);
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

    [Fact]
    public async Task After_a_failover_that_has_lost_the_counter_no_id_is_assigned_twice()
    {
        var first = await _places.CreateAsync();
        var second = await _places.OpenAsync();
        Ids(first);
        Ids(second);
        var taken = new List<int>();
        foreach (var store in new[] { first, second, first })
            Take(taken, await store.UserIds.ReserveAsync(100));
        // As after the promotion of a replica that lacks the last writes.
        await first.Database.StringSetAsync(first.Keys.UserIds, IUserIdStore.FirstId + 100);

        await second.UserIds.RestoreAsync();
        await first.UserIds.RestoreAsync();

        foreach (var store in new[] { first, second })
            Take(taken, await store.UserIds.ReserveAsync(100));
        Assert.Equal(500, taken.Distinct().Count());
    }

    private static void Take(List<int> ids, UserIdBlock block)
    {
        while (block.TryTake(out var id))
            ids.Add(id);
    }

    private RedisUserIdStore Ids(RedisStore store)
    {
        _stores.Add(store.UserIds, store);
        return store.UserIds;
    }
}
