namespace TPacket.Server.Rooms;

/// <summary>The appends that wait until their events were delivered to the members here. Guarded by the delivery's lock.</summary>
internal sealed class PositionWaiters
{
    private readonly PriorityQueue<TaskCompletionSource, long> _waiting = new();

    /// <summary>Waits for the event at an offset. The continuation runs on the thread pool.</summary>
    public Task Add(long offset)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(waiter, offset);
        return waiter.Task;
    }

    /// <summary>Everything up to an offset was sent.</summary>
    public void Release(long offset)
    {
        while (_waiting.TryPeek(out var waiter, out var awaited) && awaited <= offset)
        {
            _waiting.Dequeue();
            waiter.SetResult();
        }
    }
}
