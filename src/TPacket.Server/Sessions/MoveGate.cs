namespace TPacket.Server.Sessions;

/// <summary>Serializes the moves of one user between rooms, which its client and the application start. Thread-safe; a field that is never copied.</summary>
internal struct MoveGate
{
    private static readonly object _busy = new();

    // Null: free. _busy: taken. A TaskCompletionSource: taken, and waited for.
    private object? _state;

    public readonly bool IsTaken => Volatile.Read(in _state) is not null;

    public bool TryEnter() => Interlocked.CompareExchange(ref _state, _busy, null) is null;

    /// <summary>Completes when the move under way has ended; another may have begun.</summary>
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

    public void Exit() => (Interlocked.Exchange(ref _state, null) as TaskCompletionSource)?.SetResult();
}
