namespace TPacket.Client;

/// <summary>An event that a client raises. Events of a room come in the same order at all members.</summary>
public abstract record ClientEvent
{
    private protected ClientEvent()
    {
    }

    /// <summary>
    /// The event's offset in the room's log, from 0. Offsets rise, may skip numbers, and start lower again with the history of a room. A change of a nick raises two events with the same offset. Null if the client does not
    /// follow the log, and for events outside the log: <see cref="RoomEntered"/>, <see cref="SendRefused"/> and packets for this client alone.
    /// </summary>
    public long? Offset { get; init; }

    /// <summary>The time at which the server appended the event, by its clock, in milliseconds and UTC; null if <see cref="Offset"/> is null.</summary>
    public DateTimeOffset? Time { get; init; }
}
