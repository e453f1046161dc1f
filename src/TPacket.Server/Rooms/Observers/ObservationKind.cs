namespace TPacket.Server.Rooms.Observers;

/// <summary>The calls of an observer.</summary>
internal enum ObservationKind
{
    Opened,
    Event,
    Missed,
    Closed,
}
