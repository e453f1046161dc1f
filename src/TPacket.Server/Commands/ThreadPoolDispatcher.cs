using TPacket.Transports.Loops;

namespace TPacket.Server.Commands;

/// <summary>
/// Runs code that may block. Calls from an event loop move to the thread pool.
/// The code runs outside of a flush batch, so that each of its packets is written at once, not at the end of the code.
/// </summary>
internal static class ThreadPoolDispatcher
{
    public static ValueTask RunAsync<TState>(Func<TState, ValueTask> work, TState state) =>
        EventLoop.IsCurrent ? RunOnPoolAsync(work, state) : FlushBatch.RunOutside(work, state);

    private static async ValueTask RunOnPoolAsync<TState>(Func<TState, ValueTask> work, TState state)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await work(state).ConfigureAwait(false);
    }
}
