namespace TPacket.Server.Sessions;

/// <summary>A gate that one caller at a time enters, and that other callers await. Thread-safe; a field that is never copied.</summary>
internal struct AsyncGate
{
    private static readonly object _busy = new();

    // Null if the gate is free; _busy if it is taken; a TaskCompletionSource if it is taken and callers wait.
    private object? _state;

    public readonly bool IsTaken => Volatile.Read(in _state) is not null;

    /// <summary>Enters the gate.</summary>
    /// <returns>False if the gate is taken.</returns>
    public bool TryEnter() => Interlocked.CompareExchange(ref _state, _busy, null) is null;

    /// <summary>Waits until the current holder has exited. Another caller may have entered by then.</summary>
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

    /// <summary>Exits the gate.</summary>
    public void Exit() => (Interlocked.Exchange(ref _state, null) as TaskCompletionSource)?.SetResult();
}
