namespace TPacket.Server.Rooms;

/// <summary>What one observer has not heard yet of the rooms of one name. When it is full, only where things stand is kept: the last room, and whether it was closed. Thread-safe.</summary>
internal sealed class ObservationQueue(string name, ObserverFeed feed, int capacity) : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private readonly Queue<Observation> _waiting = new();
    private IRoom? _missed;
    private bool _isMissedClosed;
    private bool _isTelling;
    private bool _isOver;

    /// <summary>Queues what is to be told.</summary>
    /// <returns>False when the queue was given up, since its last room had been closed; a new one has to be made.</returns>
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
            if (_isTelling)
                return true;
            _isTelling = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return true;
    }

    void IThreadPoolWorkItem.Execute() => _ = TellAsync();

    private async Task TellAsync()
    {
        var last = ObservationKind.Opened;
        while (TryTake(last, out var next))
        {
            last = next.Kind;
            await feed.TellAsync(next).ConfigureAwait(false);
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

            _isTelling = false;
            _isOver = last == ObservationKind.Closed;
        }

        if (last == ObservationKind.Closed)
            feed.Remove(name, this);
        return false;
    }
}
