namespace TPacket.Server.Rooms.Observers;

/// <summary>A call to make to an observer.</summary>
internal readonly record struct Observation(ObservationKind Kind, IRoom Room, RoomEvent Event = default)
{
    public ValueTask NotifyAsync(IRoomObserver observer) => Kind switch
    {
        ObservationKind.Opened => observer.OnOpenedAsync(Room),
        ObservationKind.Event => observer.OnEventAsync(Room, Event),
        ObservationKind.Missed => observer.OnMissedAsync(Room),
        _ => observer.OnClosedAsync(Room),
    };
}
