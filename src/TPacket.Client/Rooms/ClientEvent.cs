namespace TPacket.Client;

/// <summary>An event that a client raises. All members of a room receive its events in the same order.</summary>
public abstract record ClientEvent
{
    private protected ClientEvent()
    {
    }

    /// <summary>
    /// The event's offset in the room's log, from 0. Offsets rise and may skip numbers. After <see cref="RoomEntered"/> they start lower again,
    /// with the history of the room. A change of a nick raises two events with the same offset. Null if the client does not follow the log,
    /// and for events outside the log: <see cref="RoomEntered"/>, <see cref="SendRefused"/> and packets for this client alone.
    /// </summary>
    public long? Offset { get; init; }

    /// <summary>
    /// The time at which the server appended the event, by the server's clock, in UTC and with a resolution of 1 ms; null if <see cref="Offset"/> is null.
    /// </summary>
    public DateTimeOffset? Time { get; init; }
}
