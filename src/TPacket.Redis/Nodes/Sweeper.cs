using StackExchange.Redis;
using TPacket.Server.Redis.Connections;
using TPacket.Server.Redis.Rooms;
using TPacket.Server.Redis.Scripts;
using TPacket.Server.Redis.Sessions;

namespace TPacket.Server.Redis.Nodes;

/// <summary>Removes what nodes hold whose lease is over. Each step is fenced and can be repeated, also by several nodes at the same time.</summary>
internal sealed class Sweeper(RedisStore store, RedisSessionStore sessions)
{
    /// <summary>Looks for such nodes.</summary>
    public async Task SweepAsync(Node node)
    {
        if (!node.MaySweep)
            return;
        var lapsed = await store.Scripts.RunAsync(Script.Lapsed, KeySpace.Shared, [store.Keys.Leases(KeySpace.Shared)], [node.Id]).ConfigureAwait(false);
        for (var i = 0; i < lapsed.Length; i++)
            await SweepAsync(node, (string)lapsed[i]!).ConfigureAwait(false);
    }

    private async Task SweepAsync(Node node, string gone)
    {
        var isFenced = true;
        foreach (var number in await FindPartitionsAsync(gone).ConfigureAwait(false))
        {
            var partition = node.Partition(number);
            await partition.EnterAsync().ConfigureAwait(false);
            isFenced &= await SweepAsync(partition, number, gone).ConfigureAwait(false);
        }

        // It is known by this lease until nothing of it is left.
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

    /// <returns>Whether nothing is left of the node in the partition.</returns>
    private async Task<bool> SweepAsync(NodePartition partition, int number, string gone)
    {
        var fenced = await FenceAsync(partition.Node, number, gone).ConfigureAwait(false);
        if (fenced is null)
            return false;
        for (var i = 0; i < fenced.Length; i++)
            await SweepAsync(new OpenRoom((string)fenced[i]!, partition), gone).ConfigureAwait(false);
        return true;
    }

    /// <returns>The rooms that the node has open; null where its lease is not over.</returns>
    private async Task<RedisResult?> FenceAsync(Node node, int number, string gone)
    {
        var reply = await store.Scripts.RunAsync(Script.Fence, number, [store.Keys.Leases(number), store.Keys.Holdings(number, gone)], [node.Id, gone]).ConfigureAwait(false);
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
