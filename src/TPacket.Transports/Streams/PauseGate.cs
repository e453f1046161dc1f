using System.Threading.Tasks.Sources;

namespace TPacket.Transports.Streams;

/// <summary>The gate at which a reading loop waits while receiving is paused. One loop waits; any thread may open the gate.</summary>
internal sealed class PauseGate : IValueTaskSource
{
    private const int IsOpen = 0;
    private const int IsShut = 1;
    private const int IsWaitedAt = 2;
    private const int IsRemoved = 3;

    // The loop does not continue on the thread that ends a pause, which may hold locks that handlers need.
    private ManualResetValueTaskSourceCore<bool> _opened = new() { RunContinuationsAsynchronously = true };
    private int _state;

    /// <summary>Whether the gate is shut: the loop waits or will wait.</summary>
    public bool Holds => Volatile.Read(ref _state) is IsShut or IsWaitedAt;

    /// <summary>Shuts the gate, so that the next <see cref="WaitAsync"/> waits.</summary>
    public void Shut() => Interlocked.CompareExchange(ref _state, IsShut, IsOpen);

    /// <summary>Opens the gate. Ends a current wait.</summary>
    public void Open()
    {
        int state;
        do
        {
            state = Volatile.Read(ref _state);
            if (state is IsOpen or IsRemoved)
                return;
        }
        while (Interlocked.CompareExchange(ref _state, IsOpen, state) != state);

        if (state == IsWaitedAt)
            _opened.SetResult(true);
    }

    /// <summary>Opens the gate for good: ends a current wait, and later calls of <see cref="Shut"/> have no effect.</summary>
    public void Remove()
    {
        if (Interlocked.Exchange(ref _state, IsRemoved) == IsWaitedAt)
            _opened.SetResult(true);
    }

    /// <summary>Waits while the gate is shut.</summary>
    public ValueTask WaitAsync()
    {
        if (Volatile.Read(ref _state) is IsOpen or IsRemoved)
            return ValueTask.CompletedTask;
        _opened.Reset();
        var version = _opened.Version;
        return Interlocked.CompareExchange(ref _state, IsWaitedAt, IsShut) == IsShut ? new ValueTask(this, version) : ValueTask.CompletedTask;
    }

    void IValueTaskSource.GetResult(short token) => _opened.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _opened.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _opened.OnCompleted(continuation, state, token, flags);
}
