using System.Runtime.ExceptionServices;

namespace TPacket.Transports.Loops;

/// <summary>
/// Defers the flushes of a thread until it has processed everything that it has read, so that one system call sends many packets. A transport opens a batch around each round of reads. An output queue
/// calls <see cref="TryAdd"/> before it flushes.
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

    /// <summary>The number of pending flushes in this thread's batch.</summary>
    public static int Left => _current is { } batch ? batch._count - batch._next : 0;

    /// <summary>
    /// Opens a batch on this thread, or enters the open batch once more. Each call is paired with a call of <see cref="Exit"/> on the same thread.
    /// </summary>
    public static FlushBatch Enter()
    {
        var batch = _current ??= new FlushBatch();
        batch._depth++;
        return batch;
    }

    /// <summary>Defers a flush to the end of this thread's batch.</summary>
    /// <returns>False if no batch is open. The caller then flushes at once.</returns>
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
    /// Runs code that may block outside this thread's batch. The batch is flushed first. A flush that the code requests without a batch of its own happens at once.
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
    /// Leaves the batch. The outermost call runs the flushes in the order in which they were added, including flushes that are added meanwhile. If a flush throws, the others still run. The first
    /// exception is thrown after all flushes.
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
                fault ??= ExceptionDispatchInfo.Capture(e);
            }
        }

        _count = 0;
        _next = 0;
        _depth = 0;
        fault?.Throw();
    }

    // The runtime checks the type of each element that is written to an array of an interface. An array of a struct needs no check.
    private readonly record struct Entry(IFlushable Flushable);
}
