using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Server.Diagnostics;
using TPacket.Server.Rooms;
using TPacket.Server.Stores;

namespace TPacket.Server.Rules;

/// <summary>Wakes rooms that nobody has open: once a period it asks the store which of them want it, opens these and lets them go. Runs only where rooms have rules.</summary>
internal sealed class ClosedRoomWaker(
    RoomRegistry rooms, TracedRoomStore store, StoreDeadline storeDeadline, RulesTable rules, TimeProvider timeProvider, IOptions<TPacketServerOptions> options, ILogger<ClosedRoomWaker> logger) : IDisposable
{
    private const int MaxRooms = 256;
    private const int AtOnce = 8;
    private const long FailureDelay = 60_000;

    // Rooms that could not be woken, and until when they are left alone.
    private readonly ConcurrentDictionary<string, long> _failed = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Begins to look for rooms.</summary>
    public void Start()
    {
        if (!rules.IsEmpty)
            _running = RunAsync();
    }

    /// <summary>Wakes no room any more, and waits until the last one was let go or its store has not answered in time.</summary>
    /// <param name="cancellationToken">Ends the wait early.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // The source is not disposed of: it has no timer and no handle, and what waits may still ask for its token.
    public void Dispose() => _stopping.Cancel();

    private async Task RunAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await SweepAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (!_stopping.IsCancellationRequested)
            {
                RulesLog.WakesUnknown(logger, e);
            }
            catch (Exception)
            {
                return;
            }

            await Task.Delay(options.Value.RulesWakePeriod, timeProvider, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async ValueTask SweepAsync()
    {
        bool isMore;
        do
        {
            var now = timeProvider.GetUtcNow().ToUnixTimeMilliseconds();
            foreach (var (name, until) in _failed)
            {
                if (until <= now)
                    _failed.TryRemove(name, out _);
            }

            // Rooms that are open wake by themselves; those and the failed ones must not keep others from being found.
            var most = MaxRooms + _failed.Count + rooms.WithRules;
            var wakes = await storeDeadline.CallAsync(() => store.ReadWakesAsync(now, most, _stopping.Token)).ConfigureAwait(false);
            isMore = wakes.Count == most;
            var closed = wakes.Where(wake => rooms.Find(wake.Room) is null && !_failed.ContainsKey(wake.Room));
            await Parallel.ForEachAsync(closed, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = _stopping.Token }, (wake, _) => WakeAsync(wake.Room, now)).ConfigureAwait(false);
        }
        while (isMore && !_stopping.IsCancellationRequested);
    }

    private async ValueTask WakeAsync(string name, long now)
    {
        var delay = FailureDelay;
        try
        {
            var room = await rooms.HoldAsync(name).ConfigureAwait(false);
            try
            {
                delay = room.Rules is { } awake ? await awake.WakeAsync().ConfigureAwait(false) : 0;
            }
            finally
            {
                room.Release();
            }
        }
        catch (Exception e)
        {
            RulesLog.WakeFailed(logger, e, name);
        }

        if (delay > 0)
            _failed[name] = now + delay;
    }
}
