namespace TPacket.Transports;

/// <summary>
/// Lets a transport's listeners accept while there are descriptors for connections, and otherwise has them wait. During a shortage they take turns, so that a listener whose backlog is full does
/// not get every descriptor that becomes free. Thread-safe.
/// </summary>
/// <remarks>
/// The wait has a thread of its own, which starts with the first listener: a timer's callback may need a new thread of the pool, and the runtime ends the process when that cannot start.
/// For the same reason the time between two looks is the thread's and not a <see cref="TimeProvider"/>'s. A pass is not given back when its accept never completes: it was counted, not reserved, and the
/// next count sees the descriptor as free.
/// </remarks>
/// <param name="transport">Is told when its listeners begin to wait, and when none has waited for a while.</param>
/// <param name="countSpare">Counts the connections that may be accepted now, up to a number; by default by <see cref="DescriptorReserve"/>.</param>
/// <param name="timeProvider">The clock by which a count ages; the system's where null.</param>
internal sealed class AcceptGate(Transport transport, Func<int, int>? countSpare = null, TimeProvider? timeProvider = null)
{
    // So many connections may be accepted after one look at the descriptors.
    private const int ConnectionsPerCount = 16;

    // So many are shared out at one look during a shortage. Where there are as many, it is none any more.
    private const int ConnectionsPerLook = 1024;

    // A server that is full and stays so, while clients come and go, is suspended once, and not with each of them.
    private const int QuietLooks = 10;

    private static readonly TimeSpan _betweenLooks = TimeSpan.FromMilliseconds(100);

    // The application opens and closes descriptors, too: an older count says nothing.
    private static readonly TimeSpan _countLasts = _betweenLooks;

    private readonly TimeProvider _timeProvider = timeProvider ?? TimeProvider.System;

    private readonly Func<int, int> _countSpare = countSpare ?? DescriptorReserve.CountSpare;
    private readonly object _gate = new();
    private readonly Queue<AcceptTurn> _waiting = new();
    private Thread? _thread;
    private Exception? _cause;
    private int _listeners;
    private int _granted;
    private long _counted;
    private long _looks;
    private bool _hasFailed;

    /// <summary>Whether listeners wait, or have waited a moment ago.</summary>
    public bool IsSuspended => Volatile.Read(ref _cause) is not null;

    /// <summary>A listener begins to accept.</summary>
    public void Enter()
    {
        lock (_gate)
        {
            if (_thread is null)
            {
                var thread = new Thread(Run) { IsBackground = true, Name = "tPacket accept gate" };
                thread.Start();
                _thread = thread;
            }

            _listeners++;
        }
    }

    /// <summary>A listener has ended. Its acceptors wait no longer, and get no share that others need.</summary>
    public void Leave(params ReadOnlySpan<AcceptTurn> turns)
    {
        lock (_gate)
        {
            _listeners--;
            for (var i = _waiting.Count; i > 0; i--)
            {
                var turn = _waiting.Dequeue();
                if (!turns.Contains(turn))
                    _waiting.Enqueue(turn);
            }

            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Asks before a connection is accepted.</summary>
    /// <returns>False when the acceptor has to <see cref="Wait"/> first.</returns>
    public bool TryPass(AcceptTurn turn)
    {
        lock (_gate)
        {
            if (_cause is not null && (turn.Left == 0 || turn.LastLook < _looks))
                return false;
            if ((_granted == 0 || _timeProvider.GetElapsedTime(_counted) > _countLasts) && !TryCount())
                return false;
            _granted--;
            turn.Left = Math.Max(turn.Left - 1, 0);
            return true;
        }
    }

    /// <summary>Has an acceptor wait for its turn.</summary>
    /// <param name="turn">The acceptor, which does not wait already.</param>
    /// <param name="resume">Called once, on the gate's thread; must not throw.</param>
    /// <param name="error">What accepting failed with; null after <see cref="TryPass"/>.</param>
    public void Wait(AcceptTurn turn, Action resume, Exception? error = null)
    {
        lock (_gate)
        {
            (turn.Left, turn.Resume) = (0, resume);
            _waiting.Enqueue(turn);
            // Descriptors that were counted may be somebody else's by now.
            if (error is not null)
                (_hasFailed, _granted) = (true, 0);
            if (_cause is not null)
                return;
            Volatile.Write(ref _cause, error ?? DescriptorReserve.Describe());
            Monitor.Pulse(_gate);
        }
    }

    /// <inheritdoc cref="Wait"/>
    public Task WaitAsync(AcceptTurn turn, Exception? error, CancellationToken cancellationToken)
    {
        // It continues on the gate's thread, without one of the pool.
        var resumed = new TaskCompletionSource();
        Wait(turn, resumed.SetResult, error);
        return resumed.Task.WaitAsync(cancellationToken);
    }

    private bool TryCount()
    {
        _granted = _countSpare(ConnectionsPerCount);
        _counted = _timeProvider.GetTimestamp();
        return _granted > 0;
    }

    private void Run()
    {
        while (TryAwaitShortage(out var cause))
        {
            transport.Suspended?.Invoke(cause);
            var quiet = 0;
            while (quiet < QuietLooks && TryLook(out var resumed, out var isShort))
            {
                quiet = isShort ? 0 : quiet + 1;
                foreach (var resume in resumed)
                    resume();
            }

            foreach (var resume in EndShortage())
                resume();
            transport.Resumed?.Invoke();
        }
    }

    /// <summary>Waits until a listener has to wait.</summary>
    /// <returns>False when there are no listeners any more.</returns>
    private bool TryAwaitShortage(out Exception cause)
    {
        lock (_gate)
        {
            while (_cause is null && _listeners > 0)
                Monitor.Wait(_gate);
            cause = _cause!;
            if (_listeners > 0)
                return true;
            _waiting.Clear();
            Volatile.Write(ref _cause, null);
            _thread = null;
            return false;
        }
    }

    /// <summary>Waits a moment, then shares the descriptors out that are free now among the acceptors that wait, in the order in which they came.</summary>
    /// <param name="resumed">The acceptors that go on.</param>
    /// <param name="isShort">Whether one has waited because there were too few, or because accepting has failed.</param>
    /// <returns>False when there are no listeners any more.</returns>
    private bool TryLook(out Action[] resumed, out bool isShort)
    {
        lock (_gate)
        {
            if (_listeners > 0)
                Monitor.Wait(_gate, _betweenLooks);
            _looks++;
            var spare = _waiting.Count == 0 ? 0 : _countSpare(ConnectionsPerLook);
            isShort = _waiting.Count > 0 && (_hasFailed || spare < ConnectionsPerLook);
            _hasFailed = false;
            resumed = new Action[Math.Min(spare, _waiting.Count)];
            var share = spare / Math.Max(_waiting.Count, 1);
            for (var i = 0; i < resumed.Length; i++)
            {
                var turn = _waiting.Dequeue();
                (turn.Left, turn.LastLook) = (Math.Max(share, 1), _looks + QuietLooks);
                resumed[i] = turn.Resume!;
            }

            return _listeners > 0;
        }
    }

    /// <summary>Acceptors pass without turns again.</summary>
    /// <returns>Those that wait for their turn.</returns>
    private Action[] EndShortage()
    {
        lock (_gate)
        {
            Volatile.Write(ref _cause, null);
            // Shares end with the shortage.
            _looks += QuietLooks + 1;
            var waiting = _waiting.Select(static turn => turn.Resume!).ToArray();
            _waiting.Clear();
            return waiting;
        }
    }
}
