using Microsoft.Extensions.Options;
using TPacket.Diagnostics;

namespace TPacket.Server.Rooms;

/// <summary>
/// Limits the time of every call of a store (<see cref="TPacketServerOptions.StoreTimeout"/>),
/// and converts every exception of a store to a <see cref="RoomStoreException"/>.
/// </summary>
internal sealed class StoreDeadline(TimeProvider timeProvider, IOptions<TPacketServerOptions> options)
{
    private readonly TimeSpan _timeout = options.Value.StoreTimeout;

    /// <summary>Waits for a call until the deadline. A call that takes longer continues; its outcome is unknown.</summary>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public async ValueTask<T> WaitAsync<T>(ValueTask<T> call, string room)
    {
        var task = call.AsTask();
        try
        {
            return await task.WaitAsync(_timeout, timeProvider).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (!task.IsCompleted)
                Forget(task);
            throw Failure(e, room);
        }
    }

    /// <summary>Calls the store of sessions, and waits until the deadline.</summary>
    /// <param name="call">The call.</param>
    /// <param name="late">Called with an answer that comes after the deadline.</param>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public async ValueTask<T> CallAsync<T>(Func<ValueTask<T>> call, Action<T>? late = null)
    {
        Task<T>? task = null;
        try
        {
            var calling = call();
            if (calling.IsCompletedSuccessfully)
                return calling.Result;
            task = calling.AsTask();
            return await task.WaitAsync(_timeout, timeProvider).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            if (e is TimeoutException && task is not null)
                Abandon(task, late);
            throw e as RoomStoreException ?? new RoomStoreException(e is TimeoutException ? "The store of sessions did not answer in time." : "The store of sessions failed.", isOutcomeUnknown: true, e);
        }
    }

    /// <summary>Begins a wait for several tasks.</summary>
    /// <returns>The deadline for <see cref="TryWaitAsync(Task, long)"/>, as a timestamp of the clock.</returns>
    public long Begin() => timeProvider.GetTimestamp() + (long)(_timeout.TotalSeconds * timeProvider.TimestampFrequency);

    /// <summary>Waits for a task until a deadline of <see cref="Begin"/>.</summary>
    /// <returns>False if the deadline has passed.</returns>
    public async ValueTask<bool> TryWaitAsync(Task task, long until)
    {
        var now = timeProvider.GetTimestamp();
        if (now >= until)
            return false;
        try
        {
            await task.WaitAsync(timeProvider.GetElapsedTime(now, until), timeProvider).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Waits for a task, with the deadline of a store's call.</summary>
    /// <returns>False if the task did not complete in time.</returns>
    public async ValueTask<bool> TryWaitAsync(Task task)
    {
        try
        {
            await task.WaitAsync(_timeout, timeProvider).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Converts an exception of a store to a <see cref="RoomStoreException"/>.</summary>
    public static RoomStoreException Failure(Exception error, string room) => error as RoomStoreException ?? new RoomStoreException(
        error is TimeoutException ? $"The store of room '{Printable.Escape(room)}' did not answer in time." : $"The store of room '{Printable.Escape(room)}' failed.", isOutcomeUnknown: true, error);

    private static void Abandon<T>(Task<T> task, Action<T>? late)
    {
        Forget(task);
        if (late is not null)
            task.ContinueWith(answered => late(answered.Result), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
    }

    // Observes the exception of an abandoned task.
    private static void Forget(Task task) =>
        task.ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
