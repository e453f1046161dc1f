using System.Collections.Concurrent;
using StackExchange.Redis;
using TPacket.Server.Redis.Connections;
using TPacket.Server.Redis.Nodes;
using TPacket.Server.Redis.Scripts;

namespace TPacket.Server.Redis.Nicks;

/// <summary>
/// The nicks of all servers. A reservation belongs to a node. When the lease of a node has expired, the sweeping node removes the reservations of that node.
/// It keeps the reservations of users whose sessions it adopts.
/// </summary>
internal sealed class RedisNickStore(RedisStore store) : INickStore
{
    private const int SweptAtOnce = 64;

    private readonly ConcurrentDictionary<Held, Reservation> _held = new();
    private readonly ConcurrentQueue<(NickClaim Claim, int Owner, string Node)> _unreleased = new();

    private readonly RecentWrites<(NickClaim Claim, int Owner, string Node)> _released = new(store.Time);

    /// <inheritdoc/>
    public Action<int>? Lost { get; set; }

    /// <inheritdoc/>
    public async ValueTask<NickClaimResult> ReserveAsync(NickClaim claim, int owner, NickLookAlikes lookAlikes)
    {
        var node = await store.GetNodeAsync().ConfigureAwait(false);
        var result = await ReserveAsync(node, claim, owner, lookAlikes, isAgain: false).ConfigureAwait(false);
        if (result == NickClaimResult.Reserved)
        {
            _held.AddOrUpdate(
                new Held(claim.Reading, owner),
                _ => new Reservation(node.Id, claim, lookAlikes, 1),
                (_, held) => held.Node == node.Id ? held with { Count = held.Count + 1 } : new Reservation(node.Id, claim, lookAlikes, 1));
        }

        return result;
    }

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(NickClaim claim, int owner)
    {
        var held = new Held(claim.Reading, owner);
        var node = store.Node!.Id;
        if (_held.TryGetValue(held, out var reservation))
        {
            node = reservation.Node;
            if (reservation.Count > 1)
                _held[held] = reservation with { Count = reservation.Count - 1 };
            else
                _held.TryRemove(held, out _);
        }

        try
        {
            _released.Add((claim, owner, node));
            await ReleaseAsync(claim, owner, node).ConfigureAwait(false);
        }
        catch (RoomStoreException)
        {
            _unreleased.Enqueue((claim, owner, node));
        }
    }

    /// <summary>Retries failed releases.</summary>
    public async Task ReleaseLateAsync()
    {
        for (var count = _unreleased.Count; count > 0 && _unreleased.TryDequeue(out var late); count--)
        {
            try
            {
                await ReleaseAsync(late.Claim, late.Owner, late.Node).ConfigureAwait(false);
            }
            catch (RoomStoreException)
            {
                _unreleased.Enqueue(late);
                return;
            }
        }
    }

    /// <summary>
    /// Repeats the recent releases and all reservations of the node, since a failover may have lost them.
    /// If another node has reserved one of the nicks since, the owner on this node loses the nick.
    /// </summary>
    public async Task RestoreAsync(Node node)
    {
        await _released.RepeatAsync(released => released.Where(late => !_held.ContainsKey(new Held(late.Claim.Reading, late.Owner))).Select(late => ReleaseAsync(late.Claim, late.Owner, late.Node)))
            .ConfigureAwait(false);
        foreach (var (held, reservation) in _held)
        {
            if (reservation.Node == node.Id && await ReserveAsync(node, reservation.Claim, held.Owner, reservation.LookAlikes, isAgain: true).ConfigureAwait(false) != NickClaimResult.Reserved)
                Lost?.Invoke(held.Owner);
        }
    }

    /// <summary>Ends the reservations of a node that has lost its lease. Reservations of the next node stay.</summary>
    public void OnNodeLost(Node node)
    {
        foreach (var entry in _held)
        {
            if (entry.Value.Node == node.Id && _held.TryRemove(entry))
                Lost?.Invoke(entry.Key.Owner);
        }
    }

    /// <summary>Removes the nicks of a node whose lease has expired.</summary>
    /// <param name="node">This node.</param>
    /// <param name="gone">The id of the node whose lease has expired.</param>
    /// <param name="adopted">The ids of users whose sessions this node has adopted. The node also takes over their nicks.</param>
    public async Task SweepAsync(Node node, string gone, IEnumerable<int> adopted)
    {
        RedisValue[] arguments = [gone, RedisValue.EmptyString, node.Id, SweptAtOnce, .. adopted.Select(static id => (RedisValue)id)];
        while ((int)await store.Scripts.RunAsync(Script.NickRelease, KeySpace.Shared, [.. store.Keys.Nicks(gone), store.Keys.Nicks(node.Id)[^1]], arguments).ConfigureAwait(false) > 0)
        {
        }
    }

    private async Task<NickClaimResult> ReserveAsync(Node node, NickClaim claim, int owner, NickLookAlikes lookAlikes, bool isAgain)
    {
        if (!node.IsServing)
            throw NotServing();
        var mode = lookAlikes switch
        {
            NickLookAlikes.Accept => "accept",
            NickLookAlikes.RefuseAcrossScripts => "across",
            _ => "refuse",
        };
        var reply = await store.Scripts.RunAsync(
            Script.NickReserve, KeySpace.Shared, store.Keys.Nicks(node.Id),
            [node.Id, owner, mode, isAgain ? "1" : "0", claim.Reading, claim.Scripts, .. claim.Looks.Select(static look => (RedisValue)look)]).ConfigureAwait(false);
        return (string?)reply switch
        {
            "ok" => NickClaimResult.Reserved,
            "looks" => NickClaimResult.LooksTaken,
            "taken" => NickClaimResult.Taken,
            _ => throw NotServing(),
        };
    }

    private Task<RedisResult> ReleaseAsync(NickClaim claim, int owner, string node) => store.Scripts.RunAsync(
        Script.NickRelease, KeySpace.Shared, store.Keys.Nicks(node),
        [node, owner, node, claim.Reading, claim.Scripts, .. claim.Looks.Select(static look => (RedisValue)look)]);

    private static RoomStoreException NotServing() => new("This node has no lease.", isOutcomeUnknown: false);

    /// <summary>The key of a reservation: a nick, and the user of this server who has it.</summary>
    private readonly record struct Held(string Reading, int Owner);

    /// <summary>The arguments of a reservation, and the number of times that the user has made it.</summary>
    private sealed record Reservation(string Node, NickClaim Claim, NickLookAlikes LookAlikes, int Count);
}
