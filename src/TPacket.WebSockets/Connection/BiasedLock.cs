using System.Diagnostics.CodeAnalysis;

namespace TPacket.WebSockets.Connection;

/// <summary>
/// A recursive lock that is nearly free for the one thread that nearly always takes it, as an event loop does with its connections: after a row of entries that thread enters by a
/// plain store and a plain load. Whoever else comes takes this bias away first, and pays for the fence that both of them would have needed. A field that is not copied.
/// </summary>
internal struct BiasedLock
{
    /// <summary>How many entries in a row make a bias: about what taking it away costs, so that it costs no more than it has saved.</summary>
    public const int EntriesBeforeBias = 128;

    private int _thread; // Whose the bias is, by managed id. Never another's: that one may be looking at it.
    private int _depth; // How deep that thread is in by its bias; nobody else writes it.
    private bool _biased; // Written under the monitor.
    private int _lastThread; // Who entered through the monitor last, under the monitor.
    private int _entriesInRow;

    /// <summary>Enters; waits while another thread is in.</summary>
    /// <param name="monitor">What those without the bias lock: always the same object, which nobody else locks. Its owner has one anyway, itself.</param>
    [UnscopedRef]
    public Scope Enter(object monitor)
    {
        var thread = Environment.CurrentManagedThreadId;
        if (_thread == thread)
        {
            var depth = _depth + 1;
            Volatile.Write(ref _depth, depth);
            // The processor may load this before others see the store. Who takes the bias away fences on every processor between the same two steps of its own: one of both is seen.
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
        // Never by sleep, which would last much longer than a stay, and end with an exception where the thread is interrupted.
        while (Volatile.Read(ref _depth) > 0)
            wait.SpinOnce(sleep1Threshold: -1);
    }

    /// <summary>A stay in the lock, ended by the thread that entered.</summary>
    public readonly ref struct Scope
    {
        private readonly ref BiasedLock _lock;
        private readonly object? _entered;

        /// <param name="entry">What was entered.</param>
        /// <param name="entered">The monitor; null where the bias was enough.</param>
        public Scope(ref BiasedLock entry, object? entered)
        {
            _lock = ref entry;
            _entered = entered;
        }

        /// <summary>Leaves.</summary>
        public void Dispose()
        {
            if (_entered is null)
                Volatile.Write(ref _lock._depth, _lock._depth - 1);
            else
                Monitor.Exit(_entered);
        }
    }
}
