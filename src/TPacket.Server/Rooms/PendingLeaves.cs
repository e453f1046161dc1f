using Microsoft.Extensions.Logging;
using TPacket.Server.Diagnostics;

namespace TPacket.Server.Rooms;

/// <summary>
/// Appends the leave or the absence of a member to the log of its room. Retries until the store answers, so that no member stays in a room forever.
/// </summary>
internal sealed class PendingLeaves(TimeProvider timeProvider, ILogger<PendingLeaves> logger) : IDisposable
{
    private static readonly TimeSpan _firstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestDelay = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stopping = new();
    private int _pending;

    /// <summary>The number of members whose leave or absence is not in the log yet.</summary>
    public int Count => Volatile.Read(ref _pending);

    /// <summary>Appends a leave, and then releases the member's hold of the room.</summary>
    /// <param name="room">The room.</param>
    /// <param name="member">The member.</param>
    /// <param name="cause">The reason.</param>
    /// <param name="isReturning">Whether the log may still have the member's previous connection, because the return of the present connection has failed.</param>
    /// <returns>Completes when the store has answered.</returns>
    public Task LeaveAsync(Room room, RoomMember member, LeaveCause cause, bool isReturning = false)
    {
        var leaving = isReturning ? AppendReturnedAsync(room, member, RoomEvent.Left(member, cause)) : AppendAsync(room, RoomEvent.Left(member, cause));
        if (!leaving.IsCompletedSuccessfully)
            return ReleaseAfterAsync(leaving, room);
        room.Release();
        return Task.CompletedTask;
    }

    /// <summary>Appends that a member is away. The member keeps its hold of the room.</summary>
    /// <returns>Completes when the store has answered.</returns>
    public Task AwayAsync(Room room, RoomMember member, bool isReturning = false) =>
        isReturning ? AppendReturnedAsync(room, member, RoomEvent.Away(member)) : AppendAsync(room, RoomEvent.Away(member));

    /// <summary>Adds a hold to a room, and retries until its store answers.</summary>
    /// <returns>The room; null if the server has stopped before, or cannot open the room because of its rules.</returns>
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

    // The source is not disposed of: it has no timer and no handle, and a pending wait may still read its token.
    public void Dispose() => _stopping.Cancel();

    private static async Task ReleaseAfterAsync(Task leaving, Room room)
    {
        await leaving.ConfigureAwait(false);
        room.Release();
    }

    private static TimeSpan Next(TimeSpan delay) => delay * 2 < _longestDelay ? delay * 2 : _longestDelay;

    /// <summary>Appends an event through a new subscription, because the room was lost while its log may still have the member.</summary>
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
            // Another server has upgraded the rules of the room.
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
            // Any answer is final: after the answer, the log does not have this connection as a present member.
            for (var delay = _firstDelay; !await IsAnsweredAsync(appending, room, roomEvent).ConfigureAwait(false); delay = Next(delay))
            {
                await Task.Delay(delay, timeProvider, _stopping.Token).ConfigureAwait(false);
                appending = room.AppendAsync(new RoomAppend(roomEvent));
            }
        }
        catch (OperationCanceledException)
        {
            // The server has stopped. The lease of its members ends as well.
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
