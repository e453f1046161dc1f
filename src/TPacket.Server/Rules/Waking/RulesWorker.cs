using TPacket.Server.Rooms;

namespace TPacket.Server.Rules.Waking;

/// <summary>Runs the work that the rules of a room need before they decide: one piece at a time, outside the turn of the room. Then wakes the rules.</summary>
internal sealed class RulesWorker(Room room, RulesRoom rules, RoomRegistry rooms)
{
    private readonly Lock _gate = new();
    private bool _isRunning;
    private CompletedWork? _completed;

    /// <summary>The last completed work; null if there is none, or the rules have decided since.</summary>
    public CompletedWork? Completed
    {
        get
        {
            lock (_gate)
                return _completed;
        }
    }

    /// <summary>
    /// Begins work, unless other work of the room is running. The rules are woken when the running work completes. Called in the turn of the room.
    /// </summary>
    /// <param name="work">The work.</param>
    /// <param name="requested">The wake-up time of the rules, in milliseconds since the Unix epoch.</param>
    /// <returns>False if the work has completed meanwhile.</returns>
    public bool TryBegin(RulesWork work, long? requested)
    {
        bool begins;
        lock (_gate)
        {
            if (_completed?.Key.Equals(work.Key) == true)
                return false;
            begins = !_isRunning && room.TryHold();
            if (begins)
                (_isRunning, _completed) = (true, null);
        }

        rules.Wake.Suspend(requested, work.Until?.ToUnixTimeMilliseconds());
        // Queued without the execution context of the turn, because the work may complete and request the turn before the current turn ends.
        if (begins)
            ThreadPool.UnsafeQueueUserWorkItem(static call => _ = call.worker.RunAsync(call.work), (worker: this, work), preferLocal: false);
        return true;
    }

    /// <summary>Discards the completed work, after the rules have decided or the work has failed.</summary>
    public void Forget()
    {
        lock (_gate)
            _completed = null;
    }

    /// <summary>Runs work, wakes the rules, and releases the room.</summary>
    private async Task RunAsync(RulesWork work)
    {
        var completed = await rooms.RulesThreads.RunAsync(work).ConfigureAwait(false);
        lock (_gate)
            (_isRunning, _completed) = (false, completed);
        rules.Wake.Resume();
        await rules.WakeAsync().ConfigureAwait(false);
        room.Release();
    }
}
