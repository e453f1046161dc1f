namespace TPacket.Server.Sessions;

/// <summary>Serializes the moves of one user between rooms, which its client and the application begin. Thread-safe; a field that is never copied.</summary>
internal struct MoveGate
{
    private static readonly object _busy = new();

    // Null: free. _busy: taken. A TaskCompletionSource: taken, and callers wait.
    private object? _state;

    public readonly bool IsTaken => Volatile.Read(in _state) is not null;

    /// <summary>Begins a move.</summary>
    /// <returns>False while another move runs.</returns>
    public bool TryEnter() => Interlocked.CompareExchange(ref _state, _busy, null) is null;

    /// <summary>Completes when the current move has ended. Another move may have begun.</summary>
    public Task WaitAsync()
    {
        while (Volatile.Read(ref _state) is { } state)
        {
            if (state is TaskCompletionSource waited)
                return waited.Task;
            var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (Interlocked.CompareExchange(ref _state, source, state) == state)
                return source.Task;
        }

        return Task.CompletedTask;
    }

    /// <summary>Ends the move.</summary>
    public void Exit() => (Interlocked.Exchange(ref _state, null) as TaskCompletionSource)?.SetResult();
}
