using System.Security.Cryptography;
using StackExchange.Redis;
using TPacket.Server.Redis.Connections;
using TPacket.Server.Redis.Rooms;
using TPacket.Server.Redis.Scripts;

namespace TPacket.Server.Redis.Nodes;

/// <summary>An incarnation of a server, from one lease to the next. It owns its members, sessions and nicks as long as its lease lasts.</summary>
internal sealed class Node
{
    /// <summary>The length of an id in characters.</summary>
    public const int IdLength = 16;

    private readonly NodePartition[] _partitions;

    // The replication id of the Redis that has each partition; null before the first reply.
    private readonly string?[] _replicationIds = new string?[KeySpace.Partitions + 1];
    private long _renewedAt;
    private long _unbrokenSince;
    private long _downtime;
    private bool _isLost;

    public Node(RedisStore store)
    {
        Store = store;
        Link = new NodeLink(this);
        _partitions = [.. Enumerable.Range(0, KeySpace.Partitions).Select(number => new NodePartition(this, number))];
        _renewedAt = _unbrokenSince = store.Time.GetTimestamp();
    }

    public RedisStore Store { get; }

    /// <summary>The link to the other nodes.</summary>
    public NodeLink Link { get; }

    /// <summary>The id, random for each incarnation.</summary>
    public string Id { get; } = RandomNumberGenerator.GetHexString(IdLength, lowercase: true);

    /// <summary>Whether the lease is lost. A node never regains a lost lease; a new node replaces it.</summary>
    public bool IsLost => Volatile.Read(ref _isLost);

    /// <summary>Whether the node may write, by its own clock.</summary>
    public bool IsServing => ServesFor > TimeSpan.Zero;

    /// <summary>The time for which the node may write without another renewal; zero if it may not.</summary>
    public TimeSpan ServesFor =>
        !IsLost && Store.Settings.ServingTime - Store.Time.GetElapsedTime(Volatile.Read(ref _renewedAt)) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    /// <summary>
    /// Whether the node may sweep. After an outage of Redis or a failover it waits for the duration of a lease, so that every other node has renewed its own.
    /// </summary>
    public bool MaySweep => IsServing && !IsOverdue && Store.Time.GetElapsedTime(Volatile.Read(ref _unbrokenSince)) >= Store.Settings.Options.NodeLease;

    /// <summary>
    /// Whether the last renewal is so old that the lease of another node may have ended in the same outage of Redis:
    /// the other node may have renewed its lease a whole period earlier. Half a period more allows for a slow Redis.
    /// </summary>
    private bool IsOverdue => Store.Time.GetElapsedTime(Volatile.Read(ref _renewedAt)) > Store.Settings.Options.NodeLease - (1.5 * Store.Settings.Options.RenewalPeriod);

    /// <summary>The milliseconds since the first start of any node in which no node has served, as of the last renewal.</summary>
    public long Downtime => Volatile.Read(ref _downtime);

    public NodePartition Partition(int number) => _partitions[number];

    /// <summary>Subscribes to the node's channel and acquires its lease in the shared partition.</summary>
    public async Task StartAsync()
    {
        // Other nodes send questions to every node with a lease, so the subscription comes first.
        await SubscribeAsync().ConfigureAwait(false);
        var sentAt = Store.Time.GetTimestamp();
        var leased = await Store.Scripts.RunAsync(Script.LeaseAcquire, KeySpace.Shared, Store.Keys.LeaseKeys(KeySpace.Shared), [Id, Store.Settings.NodeLease]).ConfigureAwait(false);
        Volatile.Write(ref _downtime, RedisReply.Number(leased[0]));
        OnReplicationId(KeySpace.Shared, leased[1]);
        Volatile.Write(ref _renewedAt, sentAt);
        Volatile.Write(ref _unbrokenSince, sentAt);
    }

    /// <summary>Ends the leases, so that other nodes sweep at once. The node writes nothing from here on.</summary>
    public async Task ReleaseLeaseAsync()
    {
        Volatile.Write(ref _isLost, true);
        await Task.WhenAll(LeasedPartitions().Select(number => Store.Scripts.RunAsync(Script.LeaseRelease, number, [Store.Keys.Leases(number)], [Id]))).ConfigureAwait(false);
    }

    /// <summary>
    /// Handles a sign of an outage of Redis, in which other nodes may have been unable to renew their leases.
    /// <see cref="MaySweep"/> is false for the duration of a lease.
    /// </summary>
    public void OnOutage() => Volatile.Write(ref _unbrokenSince, Store.Time.GetTimestamp());

    /// <summary>Renews the node's leases in all partitions, in one pipeline.</summary>
    public async Task RenewAsync()
    {
        var sentAt = Store.Time.GetTimestamp();
        int[] leased = [.. LeasedPartitions()];
        var answers = await Task.WhenAll(leased.Select(number =>
            Store.Scripts.RunAsync(Script.LeaseRenew, number, Store.Keys.LeaseKeys(number), [Id, Store.Settings.NodeLease]))).ConfigureAwait(false);
        if (answers.Any(static answer => (int)answer[0] == 0))
        {
            Lose(new RoomStoreException("Another node has removed this node's expired lease.", isOutcomeUnknown: false));
            return;
        }

        if (IsOverdue || answers.Any(static answer => (int)answer[0] == 2))
            OnOutage();
        for (var i = 0; i < leased.Length; i++)
            OnReplicationId(leased[i], answers[i][2]);
        // The shared partition is the last one.
        Volatile.Write(ref _downtime, RedisReply.Number(answers[^1][1]));
        Volatile.Write(ref _renewedAt, sentAt);
    }

    /// <summary>Compares a partition's replication id with the last one. After a change, Redis may have lost the latest writes, renewals among them.</summary>
    public void OnReplicationId(int partition, RedisResult name)
    {
        var replicationId = (string)name!;
        if (Interlocked.Exchange(ref _replicationIds[partition], replicationId) is not { } before || before == replicationId)
            return;
        OnOutage();
        Store.OnFailover();
    }

    /// <summary>Repeats the latest changes of rosters, which a failover may have lost.</summary>
    public Task RestoreAsync() => Task.WhenAll(_partitions.Where(static partition => partition.HasLease).Select(static partition => partition.RestoreAsync()));

    /// <summary>Checks for events of open rooms that the node was not notified of.</summary>
    public Task CompareAsync() => Task.WhenAll(_partitions.Where(static partition => partition.HasLease).Select(static partition => partition.CompareAsync()));

    /// <summary>Sends a probe through the connection for notifications in each partition.</summary>
    /// <returns>Whether an earlier probe has timed out.</returns>
    public bool Probe()
    {
        var isDead = Link.Probe();
        foreach (var partition in _partitions)
            isDead |= partition.HasLease && partition.Probe();
        return isDead;
    }

    /// <summary>Subscribes on a new connection.</summary>
    public Task SubscribeAgainAsync(ISubscriber subscriber) =>
        Task.WhenAll([Link.SubscribeAgainAsync(subscriber), .. _partitions.Where(static partition => partition.HasLease).Select(partition => partition.SubscribeAgainAsync(subscriber))]);

    /// <summary>Makes all open rooms read their logs, because notifications may have been lost.</summary>
    public void OnMissed()
    {
        foreach (var partition in _partitions)
            partition.OnMissed();
    }

    /// <summary>Loses the lease: ends all rooms, questions and nicks of this node.</summary>
    public void Lose(Exception cause)
    {
        if (Interlocked.Exchange(ref _isLost, true))
            return;
        Store.OnLeaseLost();
        foreach (var partition in _partitions)
            partition.Lose(cause);
        Link.Lose(cause);
        Store.Nicks.OnNodeLost(this);
    }

    private async Task SubscribeAsync()
    {
        try
        {
            await Link.StartAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            throw RedisErrors.Translate(e);
        }
    }

    private IEnumerable<int> LeasedPartitions() => Enumerable.Range(0, KeySpace.Partitions).Where(number => _partitions[number].HasLease).Append(KeySpace.Shared);
}
