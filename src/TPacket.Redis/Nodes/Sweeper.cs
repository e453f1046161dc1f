using StackExchange.Redis;
using TPacket.Server.Redis.Connections;
using TPacket.Server.Redis.Rooms;
using TPacket.Server.Redis.Scripts;
using TPacket.Server.Redis.Sessions;

namespace TPacket.Server.Redis.Nodes;

/// <summary>
/// Cleans up after nodes with expired leases: their members, sessions and nicks. Each step is fenced and idempotent,
/// so several nodes can sweep at the same time.
/// </summary>
internal sealed class Sweeper(RedisStore store, RedisSessionStore sessions)
{
    /// <summary>Finds nodes with expired leases and cleans up after them.</summary>
    public async Task SweepAsync(Node node)
    {
        if (!node.MaySweep)
            return;
        var reply = await store.Scripts.RunAsync(Script.LeaseExpired, KeySpace.Shared, [store.Keys.Leases(KeySpace.Shared)], [node.Id]).ConfigureAwait(false);
        // After a failover the leases may be outdated.
        node.OnReplicationId(KeySpace.Shared, reply[0]);
        if (!node.MaySweep)
            return;
        var expired = reply[1];
        for (var i = 0; i < expired.Length; i++)
            await SweepAsync(node, (string)expired[i]!).ConfigureAwait(false);
    }

    private async Task SweepAsync(Node node, string gone)
    {
        var isFenced = true;
        foreach (var number in await FindPartitionsAsync(gone).ConfigureAwait(false))
        {
            var partition = node.Partition(number);
            await partition.AcquireLeaseAsync().ConfigureAwait(false);
            isFenced &= await SweepAsync(partition, number, gone).ConfigureAwait(false);
        }

        // The sweeper removes the lease in the shared partition last, because nodes find the expired node by this lease.
        if (!isFenced)
            return;
        await store.Nicks.SweepAsync(node, gone, await sessions.AdoptAsync(node, gone).ConfigureAwait(false)).ConfigureAwait(false);
        await FenceAsync(node, KeySpace.Shared, gone).ConfigureAwait(false);
    }

    private async Task<List<int>> FindPartitionsAsync(string gone)
    {
        var leases = Enumerable.Range(0, KeySpace.Partitions).Select(number => store.Database.SortedSetScoreAsync(store.Keys.Leases(number), gone)).ToArray();
        var holdings = Enumerable.Range(0, KeySpace.Partitions).Select(number => store.Database.KeyExistsAsync(store.Keys.Holdings(number, gone))).ToArray();
        await Task.WhenAll(leases).ConfigureAwait(false);
        await Task.WhenAll(holdings).ConfigureAwait(false);
        return [.. Enumerable.Range(0, KeySpace.Partitions).Where(number => leases[number].Result is not null || holdings[number].Result)];
    }

    /// <returns>Whether the partition is clean; false if the node's lease there has not expired.</returns>
    private async Task<bool> SweepAsync(NodePartition partition, int number, string gone)
    {
        var fenced = await FenceAsync(partition.Node, number, gone).ConfigureAwait(false);
        if (fenced is null)
            return false;
        for (var i = 0; i < fenced.Length; i++)
            await SweepAsync(new OpenRoom((string)fenced[i]!, partition), gone).ConfigureAwait(false);
        return true;
    }

    /// <returns>The rooms that the node had open; null if its lease has not expired.</returns>
    private async Task<RedisResult?> FenceAsync(Node node, int number, string gone)
    {
        var reply = await store.Scripts.RunAsync(Script.LeaseFence, number, [store.Keys.Leases(number), store.Keys.Holdings(number, gone)], [node.Id, gone]).ConfigureAwait(false);
        return RedisReply.Status(reply) == "fenced" ? reply[1] : null;
    }

    private async Task SweepAsync(OpenRoom room, string gone)
    {
        foreach (var entry in await store.Database.HashGetAllAsync(room.Keys.Members).ConfigureAwait(false))
        {
            if (RosterEntry.TryRead(entry, out var member, out var holder) && holder == gone)
                await room.RemoveAsync(member, isAway: await sessions.FindRoomAsync(member.Session).ConfigureAwait(false) == room.Name).ConfigureAwait(false);
        }

        await room.CloseAsync(gone).ConfigureAwait(false);
    }
}
