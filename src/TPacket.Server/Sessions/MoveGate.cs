namespace TPacket.Server.Sessions;

/// <summary>
/// Serializes the moves of one user between rooms, which both the client and the application can begin. Thread-safe; a field that is never copied.
/// </summary>
internal struct MoveGate
{
    private static readonly object _busy = new();

    // Null if the gate is free; _busy if it is taken; a TaskCompletionSource if it is taken and callers wait.
    private object? _state;

    public readonly bool IsTaken => Volatile.Read(in _state) is not null;

    /// <summary>Begins a move.</summary>
    /// <returns>False if another move runs.</returns>
    public bool TryEnter() => Interlocked.CompareExchange(ref _state, _busy, null) is null;

    /// <summary>Waits until the current move has ended. Another move may have begun by then.</summary>
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
