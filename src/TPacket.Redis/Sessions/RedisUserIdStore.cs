using TPacket.Server.Redis.Connections;
using TPacket.Server.Redis.Rooms;
using TPacket.Server.Redis.Scripts;

namespace TPacket.Server.Redis.Sessions;

/// <summary>The ids of users, from a counter of the whole cluster.</summary>
internal sealed class RedisUserIdStore(RedisStore store) : IUserIdStore, IDatabaseStore
{
    private const int MostIds = 65_536;

    // Behind the last block that this server was given.
    private long _next;

    /// <inheritdoc/>
    public string SystemName => "redis";

    /// <inheritdoc/>
    public async ValueTask<UserIdBlock> ReserveAsync(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostIds);
        await store.StartAsync().ConfigureAwait(false);
        var first = await store.Scripts.RunAsync(Script.Reserve, KeySpace.Shared, [store.Keys.UserIds, store.Keys.UserIdsSource], [count, IUserIdStore.FirstId, int.MaxValue]).ConfigureAwait(false);
        Volatile.Write(ref _next, RedisReply.Number(first) + count);
        return new UserIdBlock((int)RedisReply.Number(first), count);
    }

    /// <summary>Raises the counter to what this server was given: a failover may have lost that.</summary>
    public async Task AssertAsync()
    {
        if (Volatile.Read(ref _next) is var next and > 0)
            await store.Scripts.RunAsync(Script.Raise, KeySpace.Shared, [store.Keys.UserIds], [next, IUserIdStore.FirstId]).ConfigureAwait(false);
    }
}
