using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using TPacket.Server.Redis.Connections;
using TPacket.Server.Redis.Diagnostics;
using TPacket.Server.Redis.Nicks;
using TPacket.Server.Redis.Nodes;
using TPacket.Server.Redis.Options;
using TPacket.Server.Redis.Sessions;

namespace TPacket.Server.Redis;

/// <summary>A server's rooms on Redis: its connections and its node.</summary>
internal sealed class RedisStore(StoreSettings settings, RedisMetrics metrics, TimeProvider timeProvider, ILogger<RedisStore> logger) : IRoomStore, IDatabaseStore, IAsyncDisposable, IDisposable
{
    private readonly SemaphoreSlim _starting = new(1, 1);
    private Task? _started;
    private RedisConnections? _connections;
    private NodeMaintenance? _maintenance;
    private ScriptRunner? _scripts;
    private Node? _node;
    private bool _isStopped;

    public StoreSettings Settings => settings;

    /// <inheritdoc/>
    public string SystemName => "redis";

    /// <summary>The sessions of users.</summary>
    public RedisSessionStore Sessions => field ??= new RedisSessionStore(this);

    /// <summary>The ids of users.</summary>
    public RedisUserIdStore UserIds => field ??= new RedisUserIdStore(this);

    /// <summary>The nicks of users.</summary>
    public RedisNickStore Nicks => field ??= new RedisNickStore(this);

    /// <summary>The link to the other servers.</summary>
    public RedisServerLink Link => field ??= new RedisServerLink(this);

    public ILogger Logger => logger;

    public RedisMetrics Metrics => metrics;

    public TimeProvider Time => timeProvider;

    public KeySpace Keys { get; } = new(settings.Options.KeyPrefix);

    public IDatabase Database => _connections!.Commands.GetDatabase();

    public ISubscriber Subscriber => _connections!.Events.GetSubscriber();

    public ScriptRunner Scripts => _scripts!;

    /// <summary>The current node; null before the start.</summary>
    internal Node? Node => Volatile.Read(ref _node);

    /// <summary>Connects and acquires a lease.</summary>
    public Task StartAsync()
    {
        lock (_starting)
            return _started ??= StartOnceAsync();
    }

    private async Task StartOnceAsync()
    {
        _connections = await RedisConnections.ConnectAsync(settings, () => _node?.OnMissed()).ConfigureAwait(false);
        _maintenance = new NodeMaintenance(this, _connections);
        _scripts = new ScriptRunner(_connections.Commands);
        metrics.ObserveLease(() => Volatile.Read(ref _node)?.ServesFor ?? default);
        await GetNodeAsync().ConfigureAwait(false);
        _maintenance.Start();
    }

    /// <inheritdoc/>
    public async ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken)
    {
        var opening = OpenAsync(room, subscriber);
        try
        {
            return await opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _ = DisposeWhenOpenAsync(opening);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<RoomWake>> ReadWakesAsync(long before, int maxRooms, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRooms, 1);
        var asked = Enumerable.Range(0, KeySpace.Partitions).Select(number =>
            Database.SortedSetRangeByScoreWithScoresAsync(Keys.Wakes(number), double.NegativeInfinity, before, take: maxRooms));
        try
        {
            var found = await Task.WhenAll(asked).WaitAsync(cancellationToken).ConfigureAwait(false);
            return [.. found.SelectMany(static wakes => wakes).OrderBy(static wake => wake.Score).Take(maxRooms).Select(static wake => new RoomWake((string)wake.Element!, (long)wake.Score))];
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw RedisErrors.Translate(e);
        }
    }

    /// <summary>Ends the lease, so that other nodes sweep at once, and closes the connections.</summary>
    public async Task StopAsync()
    {
        if (!Volatile.Read(ref _isStopped) && _node is { IsLost: false } node)
        {
            try
            {
                await node.ReleaseLeaseAsync().WaitAsync(settings.StoreTimeout, timeProvider).ConfigureAwait(false);
            }
            catch (Exception e) when (e is RoomStoreException or TimeoutException)
            {
                // The lease expires by itself.
                LogFailure(e);
            }
        }

        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Closes the connections. The node's lease expires by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isStopped, true))
            return;
        if (_maintenance is not null)
            await _maintenance.DisposeAsync().ConfigureAwait(false);
        if (_connections is not null)
            await _connections.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Makes the next renewal repeat the latest writes: after a failover Redis may have lost them.</summary>
    internal void OnFailover() => _maintenance!.OnFailover();

    /// <inheritdoc cref="NodeMaintenance.RestoreAfterFailoverAsync"/>
    internal Task RestoreAfterFailoverAsync() => _maintenance!.RestoreAfterFailoverAsync();

    /// <summary>Logs and counts a lost lease.</summary>
    internal void OnLeaseLost()
    {
        metrics.LeaseLost();
        RedisLog.LeaseLost(logger);
    }

    /// <inheritdoc/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async Task<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber)
    {
        var node = await GetNodeAsync().ConfigureAwait(false);
        return await node.Partition(Keys.Room(room).Partition).OpenAsync(room, subscriber).ConfigureAwait(false);
    }

    private static async Task DisposeWhenOpenAsync(Task<IRoomLog> opening)
    {
        try
        {
            var log = await opening.ConfigureAwait(false);
            await log.DisposeAsync().ConfigureAwait(false);
        }
        catch (RoomStoreException)
        {
            // The store has not opened the room, so there is no log to dispose of.
        }
    }

    /// <summary>Returns the current node. Starts a new one if the lease of the last one is lost.</summary>
    internal async ValueTask<Node> GetNodeAsync()
    {
        if (Volatile.Read(ref _node) is { IsLost: false } node)
            return node;
        await _starting.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_node is { IsLost: false } other)
                return other;
            node = new Node(this);
            await node.StartAsync().ConfigureAwait(false);
            Volatile.Write(ref _node, node);
            return node;
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Logs a failure of Redis, unless the store has stopped.</summary>
    internal void LogFailure(Exception e)
    {
        if (!Volatile.Read(ref _isStopped))
            RedisLog.Failed(logger, e);
    }
}
