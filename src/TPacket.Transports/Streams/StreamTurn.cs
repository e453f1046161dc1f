namespace TPacket.Transports.Streams;

/// <summary>
/// Keeps one piece of work out of a reader's way: whoever reads takes the turn, and the work runs when nobody has it, on the thread that asks for it or on the one that leaves. Nobody
/// waits for a reader, which may have called a handler that holds locks of its own.
/// </summary>
internal sealed class StreamTurn
{
    private readonly Lock _gate = new();
    private Action? _work;

    /// <summary>Takes the turn for this thread, which may have it already; waits at most for the work.</summary>
    public void Enter() => _gate.Enter();

    /// <summary>Gives the turn back, and does the work that was asked for meanwhile.</summary>
    public void Exit()
    {
        _gate.Exit();
        RunIfFree();
    }

    /// <summary>Has something done as soon as nobody reads. Once.</summary>
    public void Run(Action work)
    {
        Volatile.Write(ref _work, work);
        RunIfFree();
    }

    private void RunIfFree()
    {
        // Whoever has the turn now looks for work after giving it back.
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
