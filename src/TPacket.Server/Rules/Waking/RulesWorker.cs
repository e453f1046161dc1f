using TPacket.Server.Rooms;

namespace TPacket.Server.Rules;

/// <summary>Has the work done that the rules of one room need before they decide: one piece at a time, outside the turn of the room, which then wakes the rules again.</summary>
internal sealed class RulesWorker(Room room, RulesRoom rules, RoomRegistry rooms)
{
    private readonly Lock _gate = new();
    private bool _isRunning;
    private CompletedWork? _completed;

    /// <summary>The last work, where the rules have not decided since it completed; null for none.</summary>
    public CompletedWork? Completed
    {
        get
        {
            lock (_gate)
                return _completed;
        }
    }

    /// <summary>Begins work, unless other work of the room is running. The rules are woken when that has completed. Called in the turn of the room.</summary>
    /// <param name="work">The work.</param>
    /// <param name="named">The time that the rules had named, in milliseconds since the Unix epoch.</param>
    /// <returns>False where this very work has completed meanwhile.</returns>
    public bool TryBegin(RulesWork work, long? named)
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

        rules.Wake.Suspend(named, work.Until?.ToUnixTimeMilliseconds());
        // Without the context of the turn: the work may complete, and ask for the turn, before this one has ended.
        if (begins)
            ThreadPool.UnsafeQueueUserWorkItem(static call => _ = call.worker.RunAsync(call.work), (worker: this, work), preferLocal: false);
        return true;
    }

    /// <summary>Forgets the last work: the rules have decided, or it has failed and is done again.</summary>
    public void Forget()
    {
        lock (_gate)
            _completed = null;
    }

    /// <summary>Runs work, and has the rules decide. Releases the room.</summary>
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
