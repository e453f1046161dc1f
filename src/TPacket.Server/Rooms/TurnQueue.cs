using TPacket.Transports;

namespace TPacket.Server.Rooms;

/// <summary>
/// Lets one piece of work at a time have the turn, in the order of arrival. Work that finds the turn free runs at once on the thread that brings it; work that does not
/// need to wait allocates nothing. Whoever ends a turn runs the next one, one after the other, never one inside the other.
/// </summary>
internal sealed class TurnQueue
{
    private const int TurnsPerSlice = 64;

    [ThreadStatic]
    private static Queue<TaskCompletionSource>? _handedOver;

    private readonly Lock _gate = new();
    private Queue<TaskCompletionSource>? _waiting;
    private bool _taken;

    /// <summary>Runs work in its turn.</summary>
    /// <returns>Completes with the work, after the turn has ended.</returns>
    public ValueTask RunAsync<TState>(Func<TState, ValueTask> work, TState state)
    {
        if (!TryEnter())
            return RunWhenFree(work, state);
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

    private async ValueTask RunWhenFree<TState>(Func<TState, ValueTask> work, TState state)
    {
        await EnterAsync().ConfigureAwait(false);
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

    private bool TryEnter()
    {
        lock (_gate)
        {
            if (_taken)
                return false;
            _taken = true;
            return true;
        }
    }

    private Task EnterAsync()
    {
        lock (_gate)
        {
            if (!_taken)
            {
                _taken = true;
                return Task.CompletedTask;
            }

            var turn = new TaskCompletionSource();
            (_waiting ??= new Queue<TaskCompletionSource>()).Enqueue(turn);
            return turn.Task;
        }
    }

    private void Exit()
    {
        TaskCompletionSource? next;
        lock (_gate)
        {
            if (_waiting is null || !_waiting.TryDequeue(out next))
            {
                _taken = false;
                _waiting = null;
                return;
            }
        }

        HandOver(next);
    }

    /// <summary>Runs the next turn on this stack, unless this stack is in one already: then when that has ended.</summary>
    private static void HandOver(TaskCompletionSource next)
    {
        if (_handedOver is { } running)
        {
            running.Enqueue(next);
            return;
        }

        var turns = new Queue<TaskCompletionSource>();
        turns.Enqueue(next);
        RunSlice(turns);
    }

    /// <summary>A busy room is never done: after some turns the rest goes to the thread pool, since this thread may have more to do than this room.</summary>
    private static void RunSlice(Queue<TaskCompletionSource> turns)
    {
        _handedOver = turns;
        var batch = FlushBatch.Enter();
        try
        {
            for (var i = 0; i < TurnsPerSlice && turns.TryDequeue(out var turn); i++)
                turn.SetResult();
        }
        finally
        {
            _handedOver = null;
            batch.Exit();
        }

        if (turns.Count > 0)
            ThreadPool.UnsafeQueueUserWorkItem(RunSlice, turns, preferLocal: false);
    }
}
