using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Server.Diagnostics;
using TPacket.Server.Rooms;
using TPacket.Server.Rules.Registration;
using TPacket.Server.Stores.Tracing;

namespace TPacket.Server.Rules.Waking;

/// <summary>
/// Wakes closed rooms: reads the due wake-ups from the store once per period, opens the rooms, wakes them and releases them. Runs only if there are rules.
/// </summary>
internal sealed class ClosedRoomWaker(
    RoomRegistry rooms, TracedRoomStore store, StoreDeadline storeDeadline, RulesTable rules, TimeProvider timeProvider, IOptions<TPacketServerOptions> options, ILogger<ClosedRoomWaker> logger) : IDisposable
{
    private const int MaxRooms = 256;
    private const int AtOnce = 8;
    private const long FailureDelay = 60_000;

    // Rooms with failed wake-ups, and the times of the next attempts.
    private readonly ConcurrentDictionary<string, long> _failed = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Begins to read wake-ups.</summary>
    public void Start()
    {
        if (!rules.IsEmpty)
            _running = RunAsync();
    }

    /// <summary>Stops, and waits until the current wake-ups have completed or timed out.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // The source is not disposed of, because running waits may still use its token. It has no timer and no handle.
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

            // The page also lists open rooms, which have timers, and failed rooms.
            // Its limit is larger by the number of such rooms, so that they do not displace other rooms.
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
