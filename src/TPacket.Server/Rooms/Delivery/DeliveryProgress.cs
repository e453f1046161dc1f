namespace TPacket.Server.Rooms.Delivery;

/// <summary>The position up to which a room's delivery has sent the events of the log to the members here, and the appends that wait for it. Thread-safe.</summary>
/// <param name="gate">The delivery's lock.</param>
/// <param name="replica">The room.</param>
/// <param name="deadline">Bounds the waits.</param>
internal sealed class DeliveryProgress(Lock gate, RoomReplica replica, StoreDeadline deadline)
{
    private PriorityQueue<TaskCompletionSource, long>? _waiting;
    private ulong? _previousEpoch;

    /// <summary>The number of appends that wait in <see cref="ReachAsync"/>.</summary>
    public int WaiterCount
    {
        get
        {
            lock (gate)
                return _waiting?.Count ?? 0;
        }
    }

    /// <summary>Returns whether the delivery has sent the members here everything up to a position of the log.</summary>
    public bool HasReached(RoomPosition position)
    {
        // A position of the previous epoch was reached, or is lost. A position of an epoch that is new here comes with a snapshot.
        lock (gate)
            return position.Epoch == replica.Position.Epoch ? replica.Position.Offset >= position.Offset : position.Epoch == _previousEpoch;
    }

    /// <summary>
    /// Waits until the delivery has sent the members here everything up to a position of the log,
    /// or until the deadline of a store's call. The continuation runs on the thread pool.
    /// </summary>
    public async ValueTask ReachAsync(RoomPosition position)
    {
        TaskCompletionSource waiter;
        lock (gate)
        {
            if (HasReached(position))
                return;
            waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            (_waiting ??= new PriorityQueue<TaskCompletionSource, long>()).Enqueue(waiter, position.Offset);
        }

        if (!await deadline.TryWaitAsync(waiter.Task).ConfigureAwait(false))
            GiveUp(waiter);
    }

    /// <summary>Completes the waits for everything up to the replica's position. The caller holds the delivery's lock.</summary>
    public void OnDelivered() => Release(replica.Position.Offset);

    /// <summary>Records the previous epoch if a snapshot begins a new epoch. Called before the replica is reset, under the delivery's lock.</summary>
    public void OnResetting(RoomSnapshot snapshot)
    {
        if (snapshot.Position.Epoch != replica.Position.Epoch)
            _previousEpoch = replica.Position.Epoch;
    }

    /// <summary>Completes all waits after a snapshot. The caller holds the delivery's lock.</summary>
    public void OnReset() => Release(long.MaxValue);

    private void Release(long offset)
    {
        while (_waiting is not null && _waiting.TryPeek(out var waiter, out var awaited) && awaited <= offset)
        {
            _waiting.Dequeue();
            waiter.TrySetResult();
        }
    }

    private void GiveUp(TaskCompletionSource waiter)
    {
        lock (gate)
        {
            waiter.TrySetCanceled();
            // All waits have the same timeout, so waits with lower offsets soon end as well. The last of them removes all that have ended.
            while (_waiting!.TryPeek(out var first, out _) && first.Task.IsCompleted)
                _waiting.Dequeue();
        }
    }
}
