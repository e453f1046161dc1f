namespace TPacket.Server.Rooms;

/// <summary>What an observer is told next.</summary>
internal readonly record struct Observation(ObservationKind Kind, IRoom Room, RoomEvent Event = default)
{
    public ValueTask TellAsync(IRoomObserver observer) => Kind switch
    {
        ObservationKind.Opened => observer.OnOpenedAsync(Room),
        ObservationKind.Event => observer.OnEventAsync(Room, Event),
        ObservationKind.Missed => observer.OnMissedAsync(Room),
        _ => observer.OnClosedAsync(Room),
    };
}
