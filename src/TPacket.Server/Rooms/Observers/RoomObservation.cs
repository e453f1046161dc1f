namespace TPacket.Server.Rooms.Observers;

/// <summary>Enqueues the events of one room for all observers, from the opening of the room to its closing. Thread-safe.</summary>
internal sealed class RoomObservation(IRoom room, ObserverFeed[] feeds)
{
    private readonly Lock _gate = new();
    private bool _isOpen;
    private bool _isClosed;

    public void OnReset()
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            Enqueue(new Observation(_isOpen ? ObservationKind.Missed : ObservationKind.Opened, room));
            _isOpen = true;
        }
    }

    public void OnEvents(ReadOnlySpan<RoomEvent> events)
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            foreach (ref readonly var roomEvent in events)
                Enqueue(new Observation(ObservationKind.Event, room, roomEvent with { Data = roomEvent.Data.ToArray() }));
        }
    }

    public void OnClosed()
    {
        lock (_gate)
        {
            if (_isOpen && !_isClosed)
                Enqueue(new Observation(ObservationKind.Closed, room));
            _isClosed = true;
        }
    }

    private void Enqueue(in Observation observation)
    {
        foreach (var feed in feeds)
            feed.Add(observation);
    }
}
