namespace TPacket.Client;

/// <summary>Something that happens in the room, in the order that all of its members see.</summary>
public abstract record ClientEvent
{
    private protected ClientEvent()
    {
    }

    /// <summary>
    /// The event's place in the room's log: 0, 1, 2 and so on. It rises from one event to the next, except for history, and may skip numbers; both events of a changed nick have the same. Null where the client
    /// does not follow the log, and for what is not part of it: <see cref="RoomEntered"/>, <see cref="SendRefused"/> and packets for this client alone.
    /// </summary>
    public long? Offset { get; init; }

    /// <summary>When the event was appended to the log, by the server's clock, to the millisecond and in UTC; null where <see cref="Offset"/> is.</summary>
    public DateTimeOffset? Time { get; init; }
}
