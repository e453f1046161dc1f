using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using TPacket.Server.Redis.Connections;
using TPacket.Server.Redis.Diagnostics;
using TPacket.Server.Redis.Nicks;
using TPacket.Server.Redis.Nodes;
using TPacket.Server.Redis.Sessions;

namespace TPacket.Server.Redis;

/// <summary>Rooms on Redis, as one server has them: its connections, its node, and what it does from time to time.</summary>
internal sealed class RedisStore(StoreSettings settings, RedisMetrics metrics, TimeProvider timeProvider, ILogger<RedisStore> logger) : IRoomStore, IDatabaseStore, IAsyncDisposable, IDisposable
{
    private readonly SemaphoreSlim _starting = new(1, 1);
    private Sweeper? _sweeper;
    private Task? _started;
    private RedisConnections? _connections;
    private ScriptRunner? _scripts;
    private Node? _node;
    private ITimer? _renewals;
    private ITimer? _sweeps;
    private Task _renewing = Task.CompletedTask;
    private int _isSweeping;
    private int _isComparing;
    private bool _isStopped;
    private bool _mayHaveFailedOver;

    public StoreSettings Settings => settings;

    /// <inheritdoc/>
    public string SystemName => "redis";

    /// <summary>The sessions of users.</summary>
    public RedisSessionStore Sessions => field ??= new RedisSessionStore(this);

    /// <summary>The ids of users.</summary>
    public RedisUserIdStore UserIds => field ??= new RedisUserIdStore(this);

    /// <summary>The nicks of users.</summary>
    public RedisNickStore Nicks => field ??= new RedisNickStore(this);

    /// <summary>The way to the other servers.</summary>
    public RedisServerLink Link => field ??= new RedisServerLink(this);

    public ILogger Logger => logger;

    public RedisMetrics Metrics => metrics;

    public TimeProvider Time => timeProvider;

    public KeySpace Keys { get; } = new(settings.Options.KeyPrefix);

    public IDatabase Database => _connections!.Commands.GetDatabase();

    public ISubscriber Subscriber => _connections!.Events.GetSubscriber();

    public ScriptRunner Scripts => _scripts!;

    /// <summary>The incarnation that serves now; null before the start.</summary>
    internal Node? Node => _node;

    /// <summary>Connects, and takes a lease.</summary>
    public Task StartAsync()
    {
        lock (_starting)
            return _started ??= StartOnceAsync();
    }

    private async Task StartOnceAsync()
    {
        _connections = await RedisConnections.ConnectAsync(settings, () => _node?.OnMissed()).ConfigureAwait(false);
        _connections.Commands.ConnectionRestored += (_, _) => OnFailover();
        _scripts = new ScriptRunner(_connections.Commands);
        _sweeper = new Sweeper(this, Sessions);
        metrics.ObserveLease(() => Volatile.Read(ref _node)?.ServesFor ?? default);
        await LiveNodeAsync().ConfigureAwait(false);
        _renewals = timeProvider.CreateTimer(static store => _ = ((RedisStore)store!).RenewAsync(), this, settings.Options.RenewalPeriod, settings.Options.RenewalPeriod);
        _sweeps = timeProvider.CreateTimer(static store => ((RedisStore)store!).OnPeriod(), this, settings.Options.SweepPeriod, settings.Options.SweepPeriod);
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
            throw Failures.Translate(e);
        }
    }

    /// <summary>Gives the lease up, so that other nodes sweep what is left at once, and ends every connection.</summary>
    public async Task StopAsync()
    {
        if (!Volatile.Read(ref _isStopped) && _node is { IsLost: false } node)
        {
            try
            {
                await node.ResignAsync().WaitAsync(settings.StoreTimeout, timeProvider).ConfigureAwait(false);
            }
            catch (Exception e) when (e is RoomStoreException or TimeoutException)
            {
                // The lease ends by itself.
                Log(e);
            }
        }

        await DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Ends every connection. The node's lease ends by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isStopped, true))
            return;
        if (_renewals is not null)
            await _renewals.DisposeAsync().ConfigureAwait(false);
        if (_sweeps is not null)
            await _sweeps.DisposeAsync().ConfigureAwait(false);
        if (_connections is not null)
            await _connections.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Another Redis may answer from here on, which may lack the latest writes.</summary>
    internal void OnFailover() => Volatile.Write(ref _mayHaveFailedOver, true);

    /// <summary>A log is another one than it was. Where that is because of a failover, writes once more what it may have lost, so that the room's next snapshot has it.</summary>
    internal async Task SettleAsync()
    {
        // One that is being done may have been answered before the failover.
        Task renewing;
        lock (_starting)
            renewing = _renewing;
        await renewing.ConfigureAwait(false);
        await RenewAsync().ConfigureAwait(false);
    }

    /// <summary>The node has lost its lease.</summary>
    internal void OnLeaseLost()
    {
        metrics.LeaseLost();
        RedisLog.LeaseLost(logger);
    }

    /// <inheritdoc/>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private async Task<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber)
    {
        var node = await LiveNodeAsync().ConfigureAwait(false);
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
            // It was not opened.
        }
    }

    /// <summary>The node that has a lease; another incarnation where the last one has lost its own.</summary>
    internal async ValueTask<Node> LiveNodeAsync()
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

    private async Task AssertAsync(Node node)
    {
        try
        {
            await UserIds.AssertAsync().ConfigureAwait(false);
            await Sessions.AssertAsync().ConfigureAwait(false);
            await Nicks.AssertAsync(node).ConfigureAwait(false);
            await node.AssertAsync().ConfigureAwait(false);
        }
        catch
        {
            OnFailover();
            throw;
        }
    }

    /// <summary>Renews the lease, unless that is being done.</summary>
    private Task RenewAsync()
    {
        lock (_starting)
            return _renewing.IsCompleted ? _renewing = RenewOnceAsync() : _renewing;
    }

    private async Task RenewOnceAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var node = await LiveNodeAsync().ConfigureAwait(false);
            await node.RenewAsync().ConfigureAwait(false);
            await Nicks.ReleaseLateAsync().ConfigureAwait(false);
            if (node.IsServing && Volatile.Read(ref _mayHaveFailedOver))
            {
                // Before it is done: a connection that is lost meanwhile asks for it again.
                Volatile.Write(ref _mayHaveFailedOver, false);
                await AssertAsync(node).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            Log(e);
        }
    }

    private void OnPeriod()
    {
        if (Volatile.Read(ref _node) is not { IsLost: false } node)
            return;
        // A node that held much takes long to sweep.
        _ = CompareAsync(node);
        _ = SweepAsync(node);
    }

    private async Task SweepAsync(Node node)
    {
        if (Interlocked.Exchange(ref _isSweeping, 1) == 1)
            return;
        try
        {
            await _sweeper!.SweepAsync(node).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log(e);
        }
        finally
        {
            Volatile.Write(ref _isSweeping, 0);
        }
    }

    private async Task CompareAsync(Node node)
    {
        if (Interlocked.Exchange(ref _isComparing, 1) == 1)
            return;
        try
        {
            if (node.Probe())
            {
                RedisLog.NotificationsLost(logger);
                await _connections!.ReplaceEventsAsync(node.SubscribeAgainAsync).ConfigureAwait(false);
                metrics.Replaced();
            }

            await node.CompareAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log(e);
        }
        finally
        {
            Volatile.Write(ref _isComparing, 0);
        }
    }

    private void Log(Exception e)
    {
        if (!Volatile.Read(ref _isStopped))
            RedisLog.Failed(logger, e);
    }
}
