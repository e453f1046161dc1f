namespace TPacket.Server.Sessions;

/// <summary>Lets one move of a user between rooms happen at a time, whether the user or the application has asked for it. Thread-safe; a field, never copied.</summary>
internal struct MoveGate
{
    private static readonly object _busy = new();

    // Null: free. _busy: taken. A TaskCompletionSource: taken, and waited for.
    private object? _state;

    public readonly bool IsTaken => Volatile.Read(in _state) is not null;

    public bool TryEnter() => Interlocked.CompareExchange(ref _state, _busy, null) is null;

    /// <summary>Completes when the gate was free for a moment.</summary>
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
