using TPacket.Transports;

namespace TPacket.Server.Commands;

/// <summary>Runs code that may block: on the calling thread, unless that is an event loop's; then on the thread pool.</summary>
internal static class OffLoop
{
    public static ValueTask RunAsync<TState>(Func<TState, ValueTask> work, TState state) =>
        EventLoop.IsCurrent ? RunOnPoolAsync(work, state) : work(state);

    private static async ValueTask RunOnPoolAsync<TState>(Func<TState, ValueTask> work, TState state)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await Begin(work, state).ConfigureAwait(false);
    }

    /// <summary>What the work sends before it first waits leaves in one write.</summary>
    private static ValueTask Begin<TState>(Func<TState, ValueTask> work, TState state)
    {
        var batch = FlushBatch.Enter();
        try
        {
            return work(state);
        }
        finally
        {
            batch.Exit();
        }
    }
}
