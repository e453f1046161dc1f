using System.Runtime.ExceptionServices;

namespace TPacket.Transports;

/// <summary>
/// Puts off flushes until a thread has handled everything that it has read, so that many packets leave in one write.
/// A transport opens a batch around each read round; whoever writes asks <see cref="TryAdd"/> before it flushes at once.
/// </summary>
internal sealed class FlushBatch
{
    [ThreadStatic]
    private static FlushBatch? _current;

    private Entry[] _pending = new Entry[64];
    private int _count;
    private int _next;
    private int _depth;

    private FlushBatch()
    {
    }

    /// <summary>How many flushes of this thread's batch are still to be done.</summary>
    public static int Left => _current is { } batch ? batch._count - batch._next : 0;

    /// <summary>Opens a batch on this thread, or joins the one that is open. Each call is paired with <see cref="Exit"/> on the same thread.</summary>
    public static FlushBatch Enter()
    {
        var batch = _current ??= new FlushBatch();
        batch._depth++;
        return batch;
    }

    /// <summary>Defers a flush to the end of this thread's batch.</summary>
    /// <returns>False when no batch is open: the caller flushes at once.</returns>
    public static bool TryAdd(IFlushable flushable)
    {
        var batch = _current;
        if (batch is null || batch._depth == 0)
            return false;
        if (batch._count == batch._pending.Length)
            Array.Resize(ref batch._pending, batch._count * 2);
        batch._pending[batch._count++] = new Entry(flushable);
        return true;
    }

    /// <summary>
    /// Runs code that may block outside of this thread's batch: what was added is flushed first, and what the code adds without a batch of its own is flushed at once.
    /// </summary>
    public static TResult RunOutside<TState, TResult>(Func<TState, TResult> work, TState state)
    {
        if (_current is not { _depth: > 0 } batch)
            return work(state);
        var depth = batch._depth;
        batch._depth = 1;
        try
        {
            batch.Exit();
            return work(state);
        }
        finally
        {
            batch._depth = depth;
        }
    }

    /// <summary>
    /// Leaves the batch; the outermost exit flushes what was added, in order, and also what those flushes add. An exception of a flush keeps none of the others back:
    /// the first one is thrown when all are done.
    /// </summary>
    public void Exit()
    {
        if (_depth > 1)
        {
            _depth--;
            return;
        }

        ExceptionDispatchInfo? fault = null;
        while (_next < _count)
        {
            var flushable = _pending[_next].Flushable;
            _pending[_next++] = default;
            try
            {
                flushable.Flush();
            }
            catch (Exception e)
            {
                // The others are owed their bytes all the same.
                fault ??= ExceptionDispatchInfo.Capture(e);
            }
        }

        _count = 0;
        _next = 0;
        _depth = 0;
        fault?.Throw();
    }

    // An array of a struct is written without the check that one of an interface takes.
    private readonly record struct Entry(IFlushable Flushable);
}
