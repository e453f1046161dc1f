using Microsoft.Extensions.Logging;
using TPacket.Server.Diagnostics;

namespace TPacket.Server.Rooms;

/// <summary>Tells the logs of rooms that a member's connection is gone: it leaves, or is away. Where a store does not answer, it is asked again until it does, so that nobody stays in a room for good.</summary>
internal sealed class PendingLeaves(TimeProvider timeProvider, ILogger<PendingLeaves> logger) : IDisposable
{
    private static readonly TimeSpan _firstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestDelay = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stopping = new();
    private int _pending;

    /// <summary>How many members a store has not let go yet.</summary>
    public int Count => Volatile.Read(ref _pending);

    /// <summary>Appends a leave, and gives the room back that was held for the member.</summary>
    /// <param name="room">The room.</param>
    /// <param name="member">The member.</param>
    /// <param name="cause">Why it leaves.</param>
    /// <param name="isReturning">Whether the log may still have the connection before this one, since its return has failed.</param>
    /// <returns>Completes when the store has answered, which may take until it is back.</returns>
    public Task LeaveAsync(Room room, RoomMember member, LeaveCause cause, bool isReturning = false)
    {
        var leaving = isReturning ? AppendReturnedAsync(room, member, RoomEvent.Left(member, cause)) : AppendAsync(room, RoomEvent.Left(member, cause));
        if (!leaving.IsCompletedSuccessfully)
            return ReleaseAfterAsync(leaving, room);
        room.Release();
        return Task.CompletedTask;
    }

    /// <summary>Appends that a member is away. The room stays held for it.</summary>
    /// <returns>Completes when the store has answered, which may take until it is back.</returns>
    public Task AwayAsync(Room room, RoomMember member, bool isReturning = false) =>
        isReturning ? AppendReturnedAsync(room, member, RoomEvent.Away(member)) : AppendAsync(room, RoomEvent.Away(member));

    /// <summary>Holds a room, again and again until its store answers.</summary>
    /// <returns>Null when the server has stopped before, or cannot open the room because of its rules.</returns>
    public async Task<Room?> HoldAsync(string name, Func<string, ValueTask<Room>> hold)
    {
        Room? room = null;
        await RepeatAsync(async () =>
        {
            try
            {
                room = await hold(name).ConfigureAwait(false);
            }
            catch (RoomRulesException e)
            {
                RoomLog.StoreFailed(logger, e, name);
            }
        }).ConfigureAwait(false);
        return room;
    }

    /// <summary>Repeats a call of a store until the store answers, or the server stops.</summary>
    public async Task RepeatAsync(Func<Task> call)
    {
        for (var delay = _firstDelay; !_stopping.IsCancellationRequested; delay = Next(delay))
        {
            try
            {
                await call().ConfigureAwait(false);
                return;
            }
            catch (RoomStoreException e)
            {
                RoomLog.StoreUnanswered(logger, e);
            }

            await Task.Delay(delay, timeProvider, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // The source is not disposed of: it has no timer and no handle, and what waits may still ask for its token.
    public void Dispose() => _stopping.Cancel();

    private static async Task ReleaseAfterAsync(Task leaving, Room room)
    {
        await leaving.ConfigureAwait(false);
        room.Release();
    }

    private static TimeSpan Next(TimeSpan delay) => delay * 2 < _longestDelay ? delay * 2 : _longestDelay;

    /// <summary>The room was lost while the member was in it. Its log may have the member still: another subscription appends the event.</summary>
    private static async ValueTask<bool> AppendAgainAsync(Room room, RoomEvent roomEvent)
    {
        try
        {
            var again = await room.OpenAgainAsync().ConfigureAwait(false);
            await using (again.ConfigureAwait(false))
            {
                var result = await ((Room)again.Room).AppendAsync(new RoomAppend(roomEvent)).ConfigureAwait(false);
                return result.Status != AppendStatus.Closed;
            }
        }
        catch (RoomRulesException)
        {
            // A server with newer rules has taken the room over.
            await room.AppendUnopenedAsync(roomEvent).ConfigureAwait(false);
            return true;
        }
    }

    private async Task AppendReturnedAsync(Room room, RoomMember member, RoomEvent roomEvent)
    {
        await AppendAsync(room, RoomEvent.Returned(member)).ConfigureAwait(false);
        await AppendAsync(room, roomEvent).ConfigureAwait(false);
    }

    private Task AppendAsync(Room room, in RoomEvent roomEvent)
    {
        var appending = room.AppendAsync(new RoomAppend(roomEvent));
        if (!appending.IsCompletedSuccessfully)
            return AppendSlow(appending, room, roomEvent);
        var result = appending.Result;
        return result.Status == AppendStatus.Closed ? AppendSlow(new ValueTask<AppendResult>(result), room, roomEvent) : Task.CompletedTask;
    }

    private async Task AppendSlow(ValueTask<AppendResult> appending, Room room, RoomEvent roomEvent)
    {
        Interlocked.Increment(ref _pending);
        try
        {
            // Only the log knows whether the user is in it: whatever it answers, the user is not there as it was.
            for (var delay = _firstDelay; !await IsAnsweredAsync(appending, room, roomEvent).ConfigureAwait(false); delay = Next(delay))
            {
                await Task.Delay(delay, timeProvider, _stopping.Token).ConfigureAwait(false);
                appending = room.AppendAsync(new RoomAppend(roomEvent));
            }
        }
        catch (OperationCanceledException)
        {
            // The server has stopped; the lease of its members ends with it.
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }

    private async ValueTask<bool> IsAnsweredAsync(ValueTask<AppendResult> appending, Room room, RoomEvent roomEvent)
    {
        try
        {
            var result = await appending.ConfigureAwait(false);
            return result.Status != AppendStatus.Closed || await AppendAgainAsync(room, roomEvent).ConfigureAwait(false);
        }
        catch (RoomStoreException e)
        {
            RoomLog.StoreFailed(logger, e, room.Name);
            return false;
        }
    }
}
