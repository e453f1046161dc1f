using Microsoft.Extensions.Logging;
using TPacket.Server.Diagnostics;

namespace TPacket.Server.Rooms;

/// <summary>Takes members out of the logs of their rooms. Where a store does not answer, it asks again until it does, so that nobody stays in a room for good.</summary>
internal sealed class Departures(TimeProvider timeProvider, ILogger<Departures> logger) : IDisposable
{
    private static readonly TimeSpan _firstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestDelay = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stopping = new();
    private int _pending;

    /// <summary>How many members a store has not let go yet.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>Appends a leave, and gives the room back that was held for the member.</summary>
    /// <returns>Completes when the store has answered, which may take until it is back.</returns>
    public Task LeaveAsync(Room room, RoomMember member, LeaveCause cause)
    {
        var appending = room.AppendAsync(new RoomAppend(RoomEvent.Left(member, cause)));
        if (!appending.IsCompletedSuccessfully)
            return LeaveSlow(appending, room, member, cause);
        var result = appending.Result;
        if (result.Status == AppendStatus.Closed)
            return LeaveSlow(new ValueTask<AppendResult>(result), room, member, cause);
        room.Release();
        return Task.CompletedTask;
    }

    // The source is not disposed of: it has no timer and no handle, and what waits may still ask for its token.
    public void Dispose() => _stopping.Cancel();

    private async Task LeaveSlow(ValueTask<AppendResult> appending, Room room, RoomMember member, LeaveCause cause)
    {
        Interlocked.Increment(ref _pending);
        try
        {
            // Only the log knows whether the user is in it: whatever it answers, the user is not afterwards.
            for (var delay = _firstDelay; !await IsAnsweredAsync(appending, room, member, cause).ConfigureAwait(false); delay = Next(delay))
            {
                await Task.Delay(delay, timeProvider, _stopping.Token).ConfigureAwait(false);
                appending = room.AppendAsync(new RoomAppend(RoomEvent.Left(member, cause)));
            }
        }
        catch (OperationCanceledException)
        {
            // The server has stopped; the lease of its members ends with it.
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
            room.Release();
        }
    }

    /// <summary>The room was lost while the member was in it. Its log may have the member still: another subscription takes it out.</summary>
    private static async ValueTask<bool> LeaveAgainAsync(Room room, RoomMember member, LeaveCause cause)
    {
        var again = await room.OpenAgainAsync().ConfigureAwait(false);
        await using (again.ConfigureAwait(false))
        {
            var result = await ((Room)again.Room).AppendAsync(new RoomAppend(RoomEvent.Left(member, cause))).ConfigureAwait(false);
            return result.Status != AppendStatus.Closed;
        }
    }

    private static TimeSpan Next(TimeSpan delay) => delay * 2 < _longestDelay ? delay * 2 : _longestDelay;

    private async ValueTask<bool> IsAnsweredAsync(ValueTask<AppendResult> appending, Room room, RoomMember member, LeaveCause cause)
    {
        try
        {
            var result = await appending.ConfigureAwait(false);
            return result.Status != AppendStatus.Closed || await LeaveAgainAsync(room, member, cause).ConfigureAwait(false);
        }
        catch (RoomStoreException e)
        {
            RoomLog.StoreFailed(logger, e, room.Name);
            return false;
        }
    }
}
