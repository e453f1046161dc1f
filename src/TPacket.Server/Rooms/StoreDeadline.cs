using Microsoft.Extensions.Options;
using TPacket.Diagnostics;

namespace TPacket.Server.Rooms;

/// <summary>Bounds every call of a store (<see cref="TPacketServerOptions.StoreTimeout"/>), and turns whatever a store throws into a <see cref="RoomStoreException"/>.</summary>
internal sealed class StoreDeadline(TimeProvider timeProvider, IOptions<TPacketServerOptions> options)
{
    private readonly TimeSpan _timeout = options.Value.StoreTimeout;

    /// <summary>Waits for a call, no longer than it may take. A call that takes longer goes on; its outcome is unknown.</summary>
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

    /// <summary>Calls the store of sessions, and waits no longer than it may take.</summary>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public async ValueTask<T> CallAsync<T>(Func<ValueTask<T>> call)
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
            if (task is { IsCompleted: false })
                Forget(task);
            throw e as RoomStoreException ?? new RoomStoreException(e is TimeoutException ? "The store of sessions did not answer in time." : "The store of sessions failed.", isOutcomeUnknown: true, e);
        }
    }

    /// <summary>Waits for something that follows from a call, no longer than a call may take.</summary>
    /// <returns>False when it did not come in time.</returns>
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

    /// <summary>The exception that callers get for what a store threw.</summary>
    public static RoomStoreException Failure(Exception error, string room) => error as RoomStoreException ?? new RoomStoreException(
        error is TimeoutException ? $"The store of room '{Printable.Escape(room)}' did not answer in time." : $"The store of room '{Printable.Escape(room)}' failed.", isOutcomeUnknown: true, error);

    // Nobody waits for its exception any more.
    private static void Forget(Task task) =>
        task.ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
}
