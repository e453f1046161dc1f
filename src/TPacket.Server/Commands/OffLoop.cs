using TPacket.Transports;

namespace TPacket.Server.Commands;

/// <summary>Runs code that may block: outside of any batch, so that nobody waits for its end to be sent something, and on the thread pool where the calling thread is an event loop's.</summary>
internal static class OffLoop
{
    public static ValueTask RunAsync<TState>(Func<TState, ValueTask> work, TState state) =>
        EventLoop.IsCurrent ? RunOnPoolAsync(work, state) : FlushBatch.RunOutside(work, state);

    private static async ValueTask RunOnPoolAsync<TState>(Func<TState, ValueTask> work, TState state)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await work(state).ConfigureAwait(false);
    }
}
