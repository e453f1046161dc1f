namespace TPacket.Server.Rooms;

/// <summary>Tells the observers of one room what its log says. Nothing is told before the room was opened, and nothing after it was closed. Thread-safe.</summary>
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
            Tell(new Observation(_isOpen ? ObservationKind.Missed : ObservationKind.Opened, room));
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
                Tell(new Observation(ObservationKind.Event, room, roomEvent with { Data = roomEvent.Data.ToArray() }));
        }
    }

    public void OnClosed()
    {
        lock (_gate)
        {
            if (_isOpen && !_isClosed)
                Tell(new Observation(ObservationKind.Closed, room));
            _isClosed = true;
        }
    }

    private void Tell(in Observation observation)
    {
        foreach (var feed in feeds)
            feed.Add(observation);
    }
}
