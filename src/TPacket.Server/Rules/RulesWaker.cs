using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Server.Diagnostics;
using TPacket.Server.Rooms;

namespace TPacket.Server.Rules;

/// <summary>Wakes rooms that nobody has open: once a period it asks the store which of them want it, opens these and lets them go. Runs only where rooms have rules.</summary>
internal sealed class RulesWaker(
    RoomRegistry rooms, IRoomStore store, StoreDeadline storeDeadline, RulesTable rules, TimeProvider timeProvider, IOptions<TPacketServerOptions> options, ILogger<RulesWaker> logger) : IDisposable
{
    private const int MaxRooms = 64;
    private static readonly TimeSpan _retry = TimeSpan.FromMinutes(1);

    // Rooms that could not be woken, and until when they are left alone.
    private readonly Dictionary<string, long> _failed = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Begins to look for rooms.</summary>
    public void Start()
    {
        if (!rules.IsEmpty)
            _running = RunAsync();
    }

    /// <summary>Wakes no room any more.</summary>
    /// <returns>Completes when the last one was let go, or its store has not answered in time.</returns>
    public Task StopAsync()
    {
        _stopping.Cancel();
        return _running;
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
            catch (Exception e)
            {
                RulesLog.WakesUnknown(logger, e);
            }

            await Task.Delay(options.Value.RulesWakePeriod, timeProvider, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async ValueTask SweepAsync()
    {
        var now = timeProvider.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var (name, until) in _failed)
        {
            if (until <= now)
                _failed.Remove(name);
        }

        var wakes = await storeDeadline.CallAsync(() => store.ReadWakesAsync(now, MaxRooms + _failed.Count, _stopping.Token)).ConfigureAwait(false);
        foreach (var (name, _) in wakes)
        {
            if (_stopping.IsCancellationRequested)
                return;
            // A room that is open wakes by itself.
            if (rooms.Find(name) is null && !_failed.ContainsKey(name))
                await WakeAsync(name, now).ConfigureAwait(false);
        }
    }

    private async ValueTask WakeAsync(string name, long now)
    {
        try
        {
            var room = await rooms.HoldAsync(name).ConfigureAwait(false);
            try
            {
                await (room.Rules?.WakeAsync() ?? Task.CompletedTask).ConfigureAwait(false);
            }
            finally
            {
                room.Release();
            }
        }
        catch (Exception e)
        {
            _failed[name] = now + (long)_retry.TotalMilliseconds;
            RulesLog.WakeFailed(logger, e, name);
        }
    }
}
