using StackExchange.Redis;
using TPacket.Server.Redis.Connections;
using TPacket.Server.Redis.Diagnostics;

namespace TPacket.Server.Redis.Nodes;

/// <summary>The periodic work of a node: renews its lease, checks for missed events, sweeps, and repeats writes that a failover may have lost.</summary>
internal sealed class NodeMaintenance : IAsyncDisposable
{
    private readonly RedisStore _store;
    private readonly RedisConnections _connections;
    private readonly Sweeper _sweeper;
    private readonly Lock _gate = new();
    private ITimer? _renewals;
    private ITimer? _checks;
    private Task _renewing = Task.CompletedTask;
    private int _isSweeping;
    private int _isComparing;
    private bool _mayHaveFailedOver;

    public NodeMaintenance(RedisStore store, RedisConnections connections)
    {
        _store = store;
        _connections = connections;
        _sweeper = new Sweeper(store, store.Sessions);
        connections.Commands.ConnectionRestored += OnConnectionRestored;
    }

    /// <summary>Starts the timers.</summary>
    public void Start()
    {
        var options = _store.Settings.Options;
        _renewals = _store.Time.CreateTimer(static maintenance => _ = ((NodeMaintenance)maintenance!).RenewAsync(), this, options.RenewalPeriod, options.RenewalPeriod);
        _checks = _store.Time.CreateTimer(static maintenance => ((NodeMaintenance)maintenance!).Check(), this, options.SweepPeriod, options.SweepPeriod);
    }

    /// <summary>Makes the next renewal repeat the latest writes, because a failover may have lost them.</summary>
    public void OnFailover() => Volatile.Write(ref _mayHaveFailedOver, true);

    /// <summary>
    /// Renews the lease and, if that detects a failover, repeats the latest writes. A feed calls this method when its log cannot be continued,
    /// so that the next snapshot includes the writes.
    /// </summary>
    public async Task RestoreAfterFailoverAsync()
    {
        // Redis may have replied to a renewal in progress before the failover.
        Task renewing;
        lock (_gate)
            renewing = _renewing;
        await renewing.ConfigureAwait(false);
        await RenewAsync().ConfigureAwait(false);
    }

    /// <summary>Stops the timers.</summary>
    public async ValueTask DisposeAsync()
    {
        _connections.Commands.ConnectionRestored -= OnConnectionRestored;
        if (_renewals is not null)
            await _renewals.DisposeAsync().ConfigureAwait(false);
        if (_checks is not null)
            await _checks.DisposeAsync().ConfigureAwait(false);
    }

    private void OnConnectionRestored(object? sender, ConnectionFailedEventArgs e) => OnFailover();

    /// <summary>Renews the lease, or returns the task of a renewal in progress.</summary>
    private Task RenewAsync()
    {
        lock (_gate)
            return _renewing.IsCompleted ? _renewing = RenewOnceAsync() : _renewing;
    }

    private async Task RenewOnceAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            var node = await _store.GetNodeAsync().ConfigureAwait(false);
            await node.RenewAsync().ConfigureAwait(false);
            await _store.Nicks.ReleaseLateAsync().ConfigureAwait(false);
            if (node.IsServing && Volatile.Read(ref _mayHaveFailedOver))
            {
                // Cleared first: if the connection is lost during the restore, its handler sets the flag again.
                Volatile.Write(ref _mayHaveFailedOver, false);
                await RestoreAsync(node).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            _store.LogFailure(e);
        }
    }

    private async Task RestoreAsync(Node node)
    {
        try
        {
            await _store.UserIds.RestoreAsync().ConfigureAwait(false);
            await _store.Sessions.RestoreAsync().ConfigureAwait(false);
            await _store.Nicks.RestoreAsync(node).ConfigureAwait(false);
            await node.RestoreAsync().ConfigureAwait(false);
        }
        catch
        {
            OnFailover();
            throw;
        }
    }

    private void Check()
    {
        if (_store.Node is not { IsLost: false } node)
            return;
        // Both run concurrently, because sweeping a node with many rooms takes long.
        _ = CompareAsync(node);
        _ = SweepAsync(node);
    }

    private async Task SweepAsync(Node node)
    {
        if (Interlocked.Exchange(ref _isSweeping, 1) == 1)
            return;
        try
        {
            await _sweeper.SweepAsync(node).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _store.LogFailure(e);
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
                RedisLog.NotificationsLost(_store.Logger);
                await _connections.ReplaceEventsAsync(node.SubscribeAgainAsync).ConfigureAwait(false);
                _store.Metrics.Replaced();
            }

            await node.CompareAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _store.LogFailure(e);
        }
        finally
        {
            Volatile.Write(ref _isComparing, 0);
        }
    }
}
