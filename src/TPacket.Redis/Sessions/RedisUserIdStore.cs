using TPacket.Server.Redis.Connections;
using TPacket.Server.Redis.Rooms;
using TPacket.Server.Redis.Scripts;

namespace TPacket.Server.Redis.Sessions;

/// <summary>Reserves ids of users from the cluster's counter.</summary>
internal sealed class RedisUserIdStore(RedisStore store) : IUserIdStore, IDatabaseStore
{
    private const int MaxIds = 65_536;

    // The id after the last block that this server reserved.
    private long _next;

    /// <inheritdoc/>
    public string SystemName => "redis";

    /// <inheritdoc/>
    public async ValueTask<UserIdBlock> ReserveAsync(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxIds);
        await store.StartAsync().ConfigureAwait(false);
        var first = await store.Scripts.RunAsync(Script.UserIdsReserve, KeySpace.Shared, [store.Keys.UserIds, store.Keys.UserIdsReplicationId], [count, IUserIdStore.FirstId, int.MaxValue]).ConfigureAwait(false);
        Volatile.Write(ref _next, RedisReply.Number(first) + count);
        return new UserIdBlock((int)RedisReply.Number(first), count);
    }

    /// <summary>Raises the counter above this server's last block, which a failover may have lost.</summary>
    public async Task RestoreAsync()
    {
        if (Volatile.Read(ref _next) is var next and > 0)
            await store.Scripts.RunAsync(Script.UserIdsRaise, KeySpace.Shared, [store.Keys.UserIds], [next, IUserIdStore.FirstId]).ConfigureAwait(false);
    }
}
