using System.Diagnostics.CodeAnalysis;

namespace TPacket.WebSockets.Connection;

/// <summary>
/// A recursive lock that is biased towards one thread, such as the event loop of a connection. After <see cref="EntriesBeforeBias"/> consecutive entries, that thread enters by a plain store and a
/// plain load. Another thread first revokes the bias, with a memory barrier on all processors. A mutable struct: a field that is never copied.
/// </summary>
internal struct BiasedLock
{
    /// <summary>
    /// Number of consecutive entries of a thread before the lock becomes biased. Their cost is about the cost of one revocation, so revocations at
    /// most double the cost of all entries.
    /// </summary>
    public const int EntriesBeforeBias = 128;

    private int _thread; // Managed id of the thread that the lock can be biased towards. Never changes once set: that thread reads it without the monitor.
    private int _depth; // Number of nested entries of that thread by its bias; only that thread writes it.
    private bool _biased; // Written under the monitor.
    private int _lastThread; // The last thread that entered by the monitor; used under the monitor.
    private int _entriesInRow;

    /// <summary>Enters the lock; waits while another thread holds it.</summary>
    /// <param name="monitor">The object that unbiased threads lock: the same object in each call, which no other code locks, such as the owner of the field.</param>
    [UnscopedRef]
    public Scope Enter(object monitor)
    {
        var thread = Environment.CurrentManagedThreadId;
        if (_thread == thread)
        {
            var depth = _depth + 1;
            Volatile.Write(ref _depth, depth);
            // The processor may execute this load before the store to _depth is visible. A thread that revokes the bias stores _biased, executes a barrier on all processors, and then loads _depth:
            // so either this load sees the revocation, or that thread sees the new depth.
            if (depth > 1 || Volatile.Read(ref _biased))
                return new Scope(ref this, entered: null);
            Volatile.Write(ref _depth, 0);
        }

        EnterMonitor(monitor, thread);
        return new Scope(ref this, monitor);
    }

    private void EnterMonitor(object monitor, int thread)
    {
        Monitor.Enter(monitor);
        if (_biased)
            EndBias();
        if (_lastThread != thread)
        {
            _lastThread = thread;
            _entriesInRow = 0;
        }

        if (++_entriesInRow >= EntriesBeforeBias && (_thread == 0 || _thread == thread))
        {
            _thread = thread;
            _biased = true;
        }
    }

    private void EndBias()
    {
        _biased = false;
        Interlocked.MemoryBarrierProcessWide();
        var wait = new SpinWait();
        // The wait does not sleep: a sleep would take much longer than the lock is held, and throws if the thread is interrupted.
        while (Volatile.Read(ref _depth) > 0)
            wait.SpinOnce(sleep1Threshold: -1);
    }

    /// <summary>Holds the lock until the thread that entered disposes of the scope.</summary>
    public readonly ref struct Scope
    {
        private readonly ref BiasedLock _lock;
        private readonly object? _entered;

        /// <summary>Creates a scope for a lock that was entered.</summary>
        /// <param name="entry">The lock.</param>
        /// <param name="entered">The monitor; null if the thread entered by its bias.</param>
        public Scope(ref BiasedLock entry, object? entered)
        {
            _lock = ref entry;
            _entered = entered;
        }

        /// <summary>Exits the lock.</summary>
        public void Dispose()
        {
            if (_entered is null)
                Volatile.Write(ref _lock._depth, _lock._depth - 1);
            else
                Monitor.Exit(_entered);
        }
    }
}
