using TPacket.Transports.Loops;

namespace TPacket.Server.Rooms.Turns;

/// <summary>
/// Runs one piece of work at a time, in the order of arrival. Work that finds the turn free runs at once on the caller's thread, and allocates
/// nothing if it completes synchronously. The thread that ends a turn runs the next turns, one after the other and never nested. Thread-safe.
/// </summary>
/// <param name="room">The room's name.</param>
/// <param name="deadline">The deadline of the wait; null for none.</param>
internal sealed class TurnQueue(string room = "", TurnDeadline? deadline = null)
{
    private const int TurnsPerSlice = 64;

    // The turn of the current asynchronous flow. A flag marks its end, because tasks that the work has started may outlive the turn in the same flow.
    private static readonly AsyncLocal<Turn?> _current = new();

    [ThreadStatic]
    private static Queue<Waiter>? _handedOver;

    private readonly Lock _gate = new();
    private Queue<Waiter>? _waiting;
    private bool _taken;
    private bool _isReported;
    private int? _holder;

    /// <summary>Runs work in its turn. Throws if the caller has a turn, because the wait would be a deadlock.</summary>
    /// <param name="work">The work.</param>
    /// <param name="state">The argument of the work.</param>
    /// <param name="command">The command of the handler; null for work of the application.</param>
    /// <exception cref="InvalidOperationException">The caller has a turn already.</exception>
    /// <exception cref="TurnTimeoutException">The turn was not free in time. The task throws it.</exception>
    public async ValueTask RunGuardedAsync<TState>(Func<TState, ValueTask> work, TState state, int? command)
    {
        if (_current.Value is { IsOver: false })
            throw new InvalidOperationException("Work that has the turn of a room must not wait for a turn: that would be a deadlock.");
        var turn = new Turn();
        _current.Value = turn;
        try
        {
            await RunAsync(work, state, command).ConfigureAwait(false);
        }
        finally
        {
            turn.IsOver = true;
        }
    }

    /// <summary>Runs work in its turn.</summary>
    /// <returns>Completes after the work, when the turn has ended.</returns>
    public ValueTask RunAsync<TState>(Func<TState, ValueTask> work, TState state, int? command = null)
    {
        if (!TryEnter(command))
            return RunWhenFree(work, state, command);
        ValueTask task;
        try
        {
            task = work(state);
        }
        catch
        {
            Exit();
            throw;
        }

        if (!task.IsCompleted)
            return ExitAfter(task);
        Exit();
        return task;
    }

    /// <summary>The number of waiters.</summary>
    internal int WaitingCount
    {
        get
        {
            lock (_gate)
                return _waiting?.Count ?? 0;
        }
    }

    private async ValueTask RunWhenFree<TState>(Func<TState, ValueTask> work, TState state, int? command)
    {
        await EnterAsync(command).ConfigureAwait(false);
        try
        {
            await work(state).ConfigureAwait(false);
        }
        finally
        {
            Exit();
        }
    }

    private async ValueTask ExitAfter(ValueTask task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        finally
        {
            Exit();
        }
    }

    private bool TryEnter(int? command)
    {
        lock (_gate)
        {
            if (_taken)
                return false;
            Take(command);
            return true;
        }
    }

    private Task EnterAsync(int? command)
    {
        lock (_gate)
        {
            if (!_taken)
            {
                Take(command);
                return Task.CompletedTask;
            }

            var waiter = new Waiter(this, command);
            (_waiting ??= new Queue<Waiter>()).Enqueue(waiter);
            return deadline is null ? waiter.Task : WaitAsync(waiter, deadline);
        }
    }

    private async Task WaitAsync(Waiter waiter, TurnDeadline deadline)
    {
        try
        {
            await waiter.Task.WaitAsync(deadline.Timeout, deadline.TimeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The turn may have become free at this moment.
            if (!waiter.TrySetException(new TurnTimeoutException(room)))
                return;
            _ = waiter.Task.Exception;
            DropTimedOut();
            Report(deadline);
            throw new TurnTimeoutException(room);
        }
    }

    /// <summary>
    /// Removes waiters that have timed out, so that a turn that is never released does not keep them.
    /// All waits have the same timeout, so the oldest waiters are in front.
    /// </summary>
    private void DropTimedOut()
    {
        lock (_gate)
        {
            while (_waiting is not null && _waiting.TryPeek(out var first) && first.Task.IsCompleted)
                _waiting.Dequeue();
        }
    }

    private void Report(TurnDeadline deadline)
    {
        int? holder;
        lock (_gate)
        {
            if (!_taken || _isReported)
                return;
            _isReported = true;
            holder = _holder;
        }

        deadline.OnHeldTooLong(room, holder);
    }

    private void Take(int? command)
    {
        _taken = true;
        _isReported = false;
        _holder = command;
    }

    private void Exit()
    {
        Waiter? next;
        lock (_gate)
        {
            if (_waiting is null || !_waiting.TryDequeue(out next))
            {
                _taken = false;
                _waiting = null;
                return;
            }

            Take(next.Command);
        }

        HandOver(next);
    }

    /// <summary>Runs the next turn on this stack. If a turn is running on this stack already, the next turn runs after it.</summary>
    private static void HandOver(Waiter next)
    {
        if (_handedOver is { } running)
        {
            running.Enqueue(next);
            return;
        }

        var turns = new Queue<Waiter>();
        turns.Enqueue(next);
        RunSlice(turns);
    }

    /// <summary>Runs a number of turns, then continues on the thread pool, so that a busy room does not keep this thread from its other work.</summary>
    private static void RunSlice(Queue<Waiter> turns)
    {
        _handedOver = turns;
        var batch = FlushBatch.Enter();
        try
        {
            for (var i = 0; i < TurnsPerSlice && turns.TryDequeue(out var turn); i++)
            {
                // A waiter that has timed out passes the turn on.
                if (!turn.TrySetResult())
                    turn.Queue.Exit();
            }
        }
        finally
        {
            _handedOver = null;
            batch.Exit();
        }

        if (turns.Count > 0)
            ThreadPool.UnsafeQueueUserWorkItem(RunSlice, turns, preferLocal: false);
    }

    /// <summary>A wait for the turn.</summary>
    private sealed class Waiter(TurnQueue queue, int? command) : TaskCompletionSource
    {
        public TurnQueue Queue => queue;

        public int? Command => command;
    }

    /// <summary>A turn that the work of an asynchronous flow has or waits for.</summary>
    private sealed class Turn
    {
        private volatile bool _isOver;

        public bool IsOver
        {
            get => _isOver;
            set => _isOver = value;
        }
    }
}
