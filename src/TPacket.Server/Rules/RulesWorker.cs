using TPacket.Server.Rooms;

namespace TPacket.Server.Rules;

/// <summary>Has the work done that the rules of one room need before they decide: one piece at a time, outside the turn of the room, which then wakes the rules again.</summary>
internal sealed class RulesWorker(Room room, RulesRoom rules, RoomRegistry rooms)
{
    private readonly Lock _gate = new();
    private bool _isRunning;
    private Completed? _completed;

    /// <summary>Takes the result of work, or begins the work. Called in the turn of the room.</summary>
    /// <param name="work">The work.</param>
    /// <param name="named">The time that the rules had named, in milliseconds since the Unix epoch.</param>
    /// <param name="result">The result.</param>
    /// <param name="error">The exception that the work has thrown; it runs again at the next call.</param>
    /// <returns>False where the work has not completed: the rules are woken again when it has.</returns>
    public bool TryTake(RulesWork work, long? named, out object? result, out Exception? error)
    {
        (result, error) = (null, null);
        bool begins;
        lock (_gate)
        {
            if (_completed is { } completed && completed.Key.Equals(work.Key))
            {
                (result, error) = (completed.Result, completed.Error);
                if (error is not null)
                    _completed = null;
                return true;
            }

            begins = !_isRunning && room.TryHold();
            if (begins)
                (_isRunning, _completed) = (true, null);
        }

        rules.Wake.Suspend(named, work.Until?.ToUnixTimeMilliseconds());
        // Without the context of the turn: the work may complete, and ask for the turn, before this one has ended.
        if (begins)
            ThreadPool.UnsafeQueueUserWorkItem(static call => _ = call.worker.RunAsync(call.work), (worker: this, work), preferLocal: false);
        return false;
    }

    /// <summary>Forgets the result of the last work: the rules have decided.</summary>
    public void Forget()
    {
        lock (_gate)
            _completed = null;
    }

    /// <summary>Runs work, and has the rules decide. Releases the room.</summary>
    private async Task RunAsync(RulesWork work)
    {
        object? result = null;
        Exception? error = null;
        try
        {
            result = await rooms.RulesThreads.RunAsync(work.Run).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever the work throws: the turn logs it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            error = e;
        }

        lock (_gate)
            (_isRunning, _completed) = (false, new Completed(work.Key, result, error));
        rules.Wake.Resume();
        await rules.WakeAsync().ConfigureAwait(false);
        room.Release();
    }

    private sealed record Completed(object Key, object? Result, Exception? Error);
}
