namespace TPacket.Server.Rooms.Observers;

/// <summary>
/// The queued calls of one observer about the rooms with one name.
/// A full queue drops calls, and keeps only the last room and whether that room is closed. Thread-safe.
/// </summary>
internal sealed class ObservationQueue(string name, ObserverFeed feed, int capacity) : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private readonly Queue<Observation> _waiting = new();
    private IRoom? _missed;
    private bool _isMissedClosed;
    private bool _isRunning;
    private bool _isOver;

    /// <summary>Enqueues a call.</summary>
    /// <returns>False if the queue has ended with the closing of its room; the caller creates a new queue.</returns>
    public bool TryAdd(in Observation observation)
    {
        lock (_gate)
        {
            if (_isOver)
                return false;
            if (_missed is not null || _waiting.Count >= capacity)
                (_missed, _isMissedClosed) = (observation.Room, observation.Kind == ObservationKind.Closed);
            else
                _waiting.Enqueue(observation);
            if (_isRunning)
                return true;
            _isRunning = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return true;
    }

    void IThreadPoolWorkItem.Execute() => _ = RunAsync();

    private async Task RunAsync()
    {
        var last = ObservationKind.Opened;
        while (TryTake(last, out var next))
        {
            last = next.Kind;
            await feed.NotifyAsync(next).ConfigureAwait(false);
        }
    }

    private bool TryTake(ObservationKind last, out Observation next)
    {
        lock (_gate)
        {
            if (_waiting.TryDequeue(out next))
                return true;
            if (_missed is { } room)
            {
                next = new Observation(ObservationKind.Missed, room);
                if (_isMissedClosed)
                    _waiting.Enqueue(new Observation(ObservationKind.Closed, room));
                _missed = null;
                return true;
            }

            _isRunning = false;
            _isOver = last == ObservationKind.Closed;
        }

        if (last == ObservationKind.Closed)
            feed.Remove(name, this);
        return false;
    }
}
