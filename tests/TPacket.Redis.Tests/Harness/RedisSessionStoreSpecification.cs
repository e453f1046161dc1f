using TPacket.Server;
using TPacket.Server.Redis;
using TPacket.Server.Redis.Connections;
using TPacket.Testing;

namespace TPacket.Redis.Tests.Harness;

/// <summary>The specification of session stores for Redis.</summary>
/// <param name="configuration">The configuration string of Redis.</param>
public abstract class RedisSessionStoreSpecification(string configuration) : SessionStoreSpecification
{
    private readonly TestStores _places = new(configuration);
    private RedisStore? _store;

    protected override bool KeepsSessions => true;

    protected override TimeSpan LongestTakeOver => Deadline;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        if (_store is not null)
            await _store.DisposeAsync();
    }

    protected override async ValueTask<ISessionStore> CreateAsync()
    {
        if (_store is not null)
            await _store.DisposeAsync();
        return (_store = await _places.CreateAsync()).Sessions;
    }

    /// <summary>Waits until the next node has taken over the sessions of the last one, whose lease expires.</summary>
    protected override async ValueTask<ISessionStore> ReopenAsync(ISessionStore store, TimeSpan pause)
    {
        var gone = _store!.Node!.Id;
        await _store.DisposeAsync();
        // Shifts the last renewal into the past.
        await using var connection = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(configuration);
        await MoveBackAsync(connection.GetDatabase(), pause);
        _store = await _places.OpenAsync();
        await Poll.UntilAsync(async () => await _store.Database.SortedSetScoreAsync(_store.Keys.Leases(KeySpace.Shared), gone) is null);
        return _store.Sessions;
    }

    /// <summary>Renews the lease repeatedly, each time after shifting the last renewal into the past.</summary>
    protected override async ValueTask PassAsync(ISessionStore store, TimeSpan time)
    {
        var step = TimeSpan.FromMilliseconds(900);
        for (; time > step; time -= step)
        {
            await MoveBackAsync(_store!.Database, step);
            await _store.Node!.RenewAsync();
        }
    }

    private Task<long> MoveBackAsync(StackExchange.Redis.IDatabase database, TimeSpan time) =>
        database.HashDecrementAsync(_store!.Keys.LeaseKeys(KeySpace.Shared)[1], "l", (long)time.TotalMilliseconds);
}
