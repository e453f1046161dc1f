using System.Security.Cryptography;
using StackExchange.Redis;
using TPacket.Server.Redis.Connections;
using TPacket.Server.Redis.Rooms;
using TPacket.Server.Redis.Scripts;

namespace TPacket.Server.Redis.Nodes;

/// <summary>One incarnation of a server: what it holds belongs to it, and is gone with its lease.</summary>
internal sealed class Node
{
    /// <summary>The characters of an id.</summary>
    public const int IdLength = 16;

    private readonly NodePartition[] _partitions;

    // The history of the Redis that has each partition; null before the first answer.
    private readonly string?[] _sources = new string?[KeySpace.Partitions + 1];
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

    /// <summary>The way to the other nodes.</summary>
    public NodeLink Link { get; }

    /// <summary>Names the incarnation.</summary>
    public string Id { get; } = RandomNumberGenerator.GetHexString(IdLength, lowercase: true);

    /// <summary>Whether the lease is gone for good.</summary>
    public bool IsLost => Volatile.Read(ref _isLost);

    /// <summary>Whether the node may change anything, by its own clock.</summary>
    public bool IsServing => ServesFor > TimeSpan.Zero;

    /// <summary>For how long the node may change anything without another renewal; zero where it may not.</summary>
    public TimeSpan ServesFor =>
        !IsLost && Store.Settings.ServingTime - Store.Time.GetElapsedTime(Volatile.Read(ref _renewedAt)) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    /// <summary>Whether the node's lease has been unbroken for so long that every other node has renewed its own since Redis answers.</summary>
    public bool MaySweep => IsServing && Store.Time.GetElapsedTime(Volatile.Read(ref _unbrokenSince)) >= Store.Settings.Options.NodeLease;

    /// <summary>For how many milliseconds no node has served since the first one, as of the last renewal.</summary>
    public long Downtime => Volatile.Read(ref _downtime);

    public NodePartition Partition(int number) => _partitions[number];

    /// <summary>Takes the lease by which other nodes know of this one.</summary>
    public async Task StartAsync()
    {
        // Other nodes ask every node that has a lease, so it subscribes first.
        await SubscribeAsync().ConfigureAwait(false);
        var sentAt = Store.Time.GetTimestamp();
        var entered = await Store.Scripts.RunAsync(Script.Enter, KeySpace.Shared, Store.Keys.LeaseKeys(KeySpace.Shared), [Id, Store.Settings.NodeLease]).ConfigureAwait(false);
        Volatile.Write(ref _downtime, RedisReply.Number(entered[0]));
        OnSource(KeySpace.Shared, entered[1]);
        Volatile.Write(ref _renewedAt, sentAt);
        Volatile.Write(ref _unbrokenSince, sentAt);
    }

    /// <summary>Ends the lease, so that others sweep at once what the node has left. Nothing is changed any more.</summary>
    public async Task ResignAsync()
    {
        Volatile.Write(ref _isLost, true);
        await Task.WhenAll(Entered().Select(number => Store.Scripts.RunAsync(Script.Resign, number, [Store.Keys.Leases(number)], [Id]))).ConfigureAwait(false);
    }

    /// <summary>A script has found that the lease is over.</summary>
    public void OnLapsed() => Volatile.Write(ref _unbrokenSince, Store.Time.GetTimestamp());

    /// <summary>Renews the lease in each partition where the node has one, in one pipeline.</summary>
    public async Task RenewAsync()
    {
        var sentAt = Store.Time.GetTimestamp();
        int[] entered = [.. Entered()];
        var answers = await Task.WhenAll(entered.Select(number =>
            Store.Scripts.RunAsync(Script.Renew, number, Store.Keys.LeaseKeys(number), [Id, Store.Settings.NodeLease]))).ConfigureAwait(false);
        if (answers.Any(static answer => (int)answer[0] == 0))
        {
            Lose(new RoomStoreException("Another node has found the lease of this one over.", isOutcomeUnknown: false));
            return;
        }

        if (answers.Any(static answer => (int)answer[0] == 2))
            OnLapsed();
        for (var i = 0; i < entered.Length; i++)
            OnSource(entered[i], answers[i][2]);
        // The shared partition is the last one.
        Volatile.Write(ref _downtime, RedisReply.Number(answers[^1][1]));
        Volatile.Write(ref _renewedAt, sentAt);
    }

    /// <summary>A Redis has named its history. Another one than before may lack the latest writes.</summary>
    public void OnSource(int partition, RedisResult name)
    {
        var source = (string)name!;
        if (Interlocked.Exchange(ref _sources[partition], source) is { } before && before != source)
            Store.OnFailover();
    }

    /// <summary>Appends the latest changes of rosters once more.</summary>
    public Task AssertAsync() => Task.WhenAll(_partitions.Where(static partition => partition.IsEntered).Select(static partition => partition.AssertAsync()));

    /// <summary>Looks for events of open rooms that the node was not notified of.</summary>
    public Task CompareAsync() => Task.WhenAll(_partitions.Where(static partition => partition.IsEntered).Select(static partition => partition.CompareAsync()));

    /// <summary>Probes the connection for notifications.</summary>
    /// <returns>Whether it is dead in one of the partitions.</returns>
    public bool Probe()
    {
        var isDead = Link.Probe();
        foreach (var partition in _partitions)
            isDead |= partition.IsEntered && partition.Probe();
        return isDead;
    }

    /// <summary>Subscribes on another connection.</summary>
    public Task SubscribeAgainAsync(ISubscriber subscriber) =>
        Task.WhenAll([Link.SubscribeAgainAsync(subscriber), .. _partitions.Where(static partition => partition.IsEntered).Select(partition => partition.SubscribeAgainAsync(subscriber))]);

    /// <summary>Events may have come that the node was not notified of.</summary>
    public void OnMissed()
    {
        foreach (var partition in _partitions)
            partition.OnMissed();
    }

    /// <summary>Every room is lost here.</summary>
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
            throw Failures.Translate(e);
        }
    }

    private IEnumerable<int> Entered() => Enumerable.Range(0, KeySpace.Partitions).Where(number => _partitions[number].IsEntered).Append(KeySpace.Shared);
}
