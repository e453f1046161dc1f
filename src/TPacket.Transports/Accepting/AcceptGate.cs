namespace TPacket.Transports.Accepting;

/// <summary>
/// Lets the acceptors of a transport's listeners accept connections while file descriptors are free, and makes them wait during a shortage. During a shortage the acceptors take turns, so that a
/// listener with a full backlog does not take every descriptor that becomes free. Thread-safe.
/// </summary>
/// <remarks>
/// A dedicated thread, which starts with the first listener, checks for free descriptors. It is no timer, because a timer's callback may need a new thread of the pool, and the runtime ends the process
/// when it cannot start a thread. For the same reason the thread itself, and not a <see cref="TimeProvider"/>, measures the time between two checks. An acceptor whose accept never completes does not
/// give its pass back: a pass reserves no descriptor, so the next count finds the descriptor free.
/// </remarks>
/// <param name="transport">The transport. The gate calls its <see cref="Transport.Suspended"/> and <see cref="Transport.Resumed"/>.</param>
/// <param name="countSpare">Counts the connections that may be accepted now, up to the given number; null for <see cref="DescriptorReserve.CountSpare"/>.</param>
/// <param name="timeProvider">The clock for the age of a count; null for the system's clock.</param>
internal sealed class AcceptGate(Transport transport, Func<int, int>? countSpare = null, TimeProvider? timeProvider = null)
{
    // The number of connections that may be accepted after one count of the descriptors.
    private const int ConnectionsPerCount = 16;

    // The largest number of descriptors that one check during a shortage distributes. The shortage has ended when this number is free.
    private const int ConnectionsPerCheck = 1024;

    // The number of checks without a shortage after which accepting resumes. A server that stays full while clients come and go is therefore suspended once and not for each client.
    private const int QuietChecks = 10;

    private static readonly TimeSpan _checkPeriod = TimeSpan.FromMilliseconds(100);

    // The application opens and closes descriptors as well, so an older count is useless.
    private static readonly TimeSpan _countLifetime = _checkPeriod;

    private readonly TimeProvider _timeProvider = timeProvider ?? TimeProvider.System;

    private readonly Func<int, int> _countSpare = countSpare ?? DescriptorReserve.CountSpare;
    private readonly object _gate = new();
    private readonly Queue<AcceptTurn> _waiting = new();
    private Thread? _thread;
    private Exception? _cause;
    private int _listeners;
    private int _granted;
    private long _counted;
    private long _checks;
    private bool _hasFailed;

    /// <summary>Whether an acceptor waits, or has waited within the last <see cref="QuietChecks"/> checks.</summary>
    public bool IsSuspended => Volatile.Read(ref _cause) is not null;

    /// <summary>Registers a listener that begins to accept.</summary>
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

    /// <summary>Unregisters a listener. Its acceptors stop waiting and get no share of the descriptors.</summary>
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

    /// <summary>Requests a pass to accept one connection.</summary>
    /// <returns>False if the acceptor must <see cref="Wait"/> first.</returns>
    public bool TryPass(AcceptTurn turn)
    {
        lock (_gate)
        {
            if (_cause is not null && (turn.Left == 0 || turn.LastCheck < _checks))
                return false;
            if ((_granted == 0 || _timeProvider.GetElapsedTime(_counted) > _countLifetime) && !TryCount())
                return false;
            _granted--;
            turn.Left = Math.Max(turn.Left - 1, 0);
            return true;
        }
    }

    /// <summary>Registers an acceptor that waits for its turn.</summary>
    /// <param name="turn">The acceptor, which is not waiting yet.</param>
    /// <param name="resume">Called once on the gate's thread. Must not throw.</param>
    /// <param name="error">The error of accepting; null after <see cref="TryPass"/>.</param>
    public void Wait(AcceptTurn turn, Action resume, Exception? error = null)
    {
        lock (_gate)
        {
            (turn.Left, turn.Resume) = (0, resume);
            _waiting.Enqueue(turn);
            // The counted descriptors may be in use by now.
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
        // The continuation runs on the gate's thread and needs no thread of the pool.
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
            while (quiet < QuietChecks && TryCheck(out var resumed, out var isShort))
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

    /// <summary>Waits until an acceptor has to wait.</summary>
    /// <returns>False if no listener is left.</returns>
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

    /// <summary>Waits for <see cref="_checkPeriod"/>, then distributes the free descriptors among the waiting acceptors, in the order of their calls.</summary>
    /// <param name="resumed">The callbacks of the acceptors whose turn it is.</param>
    /// <param name="isShort">Whether an acceptor has waited because there were too few descriptors or because accepting had failed.</param>
    /// <returns>False if no listener is left.</returns>
    private bool TryCheck(out Action[] resumed, out bool isShort)
    {
        lock (_gate)
        {
            if (_listeners > 0)
                Monitor.Wait(_gate, _checkPeriod);
            _checks++;
            var spare = _waiting.Count == 0 ? 0 : _countSpare(ConnectionsPerCheck);
            isShort = _waiting.Count > 0 && (_hasFailed || spare < ConnectionsPerCheck);
            _hasFailed = false;
            resumed = new Action[Math.Min(spare, _waiting.Count)];
            var share = spare / Math.Max(_waiting.Count, 1);
            for (var i = 0; i < resumed.Length; i++)
            {
                var turn = _waiting.Dequeue();
                (turn.Left, turn.LastCheck) = (Math.Max(share, 1), _checks + QuietChecks);
                resumed[i] = turn.Resume!;
            }

            return _listeners > 0;
        }
    }

    /// <summary>Ends the shortage: acceptors pass without turns.</summary>
    /// <returns>The callbacks of the acceptors that still wait.</returns>
    private Action[] EndShortage()
    {
        lock (_gate)
        {
            Volatile.Write(ref _cause, null);
            // The shares of the acceptors end with the shortage.
            _checks += QuietChecks + 1;
            var waiting = _waiting.Select(static turn => turn.Resume!).ToArray();
            _waiting.Clear();
            return waiting;
        }
    }
}
