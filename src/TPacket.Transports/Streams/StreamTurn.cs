namespace TPacket.Transports.Streams;

/// <summary>
/// Runs one piece of work while no read is in progress. A reader takes the turn. The work runs on the requesting thread if the turn is free, and otherwise on the thread that returns the turn. No
/// thread waits for a reader, which may have called a handler that holds locks.
/// </summary>
internal sealed class StreamTurn
{
    private readonly Lock _gate = new();
    private Action? _work;

    /// <summary>Takes the turn for this thread, which may already have it. Waits only for running work.</summary>
    public void Enter() => _gate.Enter();

    /// <summary>Returns the turn and runs the work that was requested meanwhile.</summary>
    public void Exit()
    {
        _gate.Exit();
        RunIfFree();
    }

    /// <summary>Runs work as soon as no thread reads. May be called once.</summary>
    public void Run(Action work)
    {
        Volatile.Write(ref _work, work);
        RunIfFree();
    }

    private void RunIfFree()
    {
        // The thread that has the turn looks for work after it has returned the turn.
        while (Volatile.Read(ref _work) is not null && _gate.TryEnter())
        {
            try
            {
                Interlocked.Exchange(ref _work, null)?.Invoke();
            }
            finally
            {
                _gate.Exit();
            }
        }
    }
}
