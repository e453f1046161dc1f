namespace TPacket.Server.Rooms;

/// <summary>The appends that wait until their events were delivered to the members here. Guarded by the delivery's lock.</summary>
internal sealed class PositionWaiters
{
    private readonly PriorityQueue<TaskCompletionSource, long> _waiting = new();

    /// <summary>How many wait.</summary>
    public int Count => _waiting.Count;

    /// <summary>Waits for the event at an offset. The continuation runs on the thread pool.</summary>
    public TaskCompletionSource Add(long offset)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(waiter, offset);
        return waiter;
    }

    /// <summary>Ends the wait of an append. All wait equally long, so those that are in front of it give up with it at the latest, and none of them is kept.</summary>
    public void GiveUp(TaskCompletionSource waiter)
    {
        waiter.TrySetCanceled();
        while (_waiting.TryPeek(out var first, out _) && first.Task.IsCompleted)
            _waiting.Dequeue();
    }

    /// <summary>Everything up to an offset was sent.</summary>
    public void Release(long offset)
    {
        while (_waiting.TryPeek(out var waiter, out var awaited) && awaited <= offset)
        {
            _waiting.Dequeue();
            waiter.TrySetResult();
        }
    }
}
