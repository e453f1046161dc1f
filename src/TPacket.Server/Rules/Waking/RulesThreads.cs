namespace TPacket.Server.Rules.Waking;

/// <summary>
/// Runs the work of rules on dedicated threads, so that it does not occupy event loops or the thread pool.
/// Work beyond the number of threads is queued in order of arrival. A room queues at most one piece of work. Thread-safe.
/// </summary>
/// <param name="count">The maximum number of threads; 0 for half the number of processors, at least one. A thread ends when no work is queued.</param>
internal sealed class RulesThreads(int count)
{
    private readonly Lock _gate = new();
    private readonly Queue<(RulesWork Work, TaskCompletionSource<CompletedWork> Done)> _waiting = [];
    private readonly int _count = count > 0 ? count : Math.Max(1, Environment.ProcessorCount / 2);
    private int _running;

    /// <summary>Runs work.</summary>
    /// <returns>A task that completes with the work, even if the work throws. Continuations run on the thread pool.</returns>
    public Task<CompletedWork> RunAsync(RulesWork work)
    {
        var done = new TaskCompletionSource<CompletedWork>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Enqueue((work, done));
            if (_running == _count)
                return done.Task;
            _running++;
        }

        new Thread(RunQueued) { IsBackground = true, Name = "tPacket rules" }.UnsafeStart();
        return done.Task;
    }

    private void RunQueued()
    {
        while (TryTake(out var next))
            next.Done.SetResult(CompletedWork.Of(next.Work));
    }

    private bool TryTake(out (RulesWork Work, TaskCompletionSource<CompletedWork> Done) next)
    {
        lock (_gate)
        {
            if (_waiting.TryDequeue(out next))
                return true;
            _running--;
            return false;
        }
    }
}
