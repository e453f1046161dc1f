namespace TPacket.Server;

/// <summary>
/// A request to append events to a room's log, all or none. The events and their data are valid until the call
/// that receives the request returns, not until its task completes. A store copies the data that it keeps longer.
/// </summary>
public readonly struct RoomAppend
{
    private readonly ReadOnlyMemory<RoomEvent> _events;
    private readonly RoomEvent _single;

    /// <summary>Creates a request to append one event.</summary>
    public RoomAppend(in RoomEvent roomEvent)
    {
        _single = roomEvent;
        Count = 1;
    }

    /// <summary>Creates a request to append several events atomically.</summary>
    /// <param name="events">
    /// The events, at least one. <see cref="RoomEvent.ChangesRoster">Events that change the roster</see>
    /// and <see cref="RoomEventKind.Deletion"/> must be appended alone.
    /// </param>
    /// <exception cref="ArgumentException">There is no event, or one of several events changes the roster or is a deletion.</exception>
    public RoomAppend(ReadOnlyMemory<RoomEvent> events)
    {
        if (events.IsEmpty)
            throw new ArgumentException("At least one event is needed.", nameof(events));
        foreach (ref readonly var roomEvent in events.Span)
        {
            if ((roomEvent.ChangesRoster || roomEvent.Kind == RoomEventKind.Deletion) && events.Length > 1)
                throw new ArgumentException("An event that changes the roster, or a deletion, must be appended alone.", nameof(events));
        }

        _events = events;
        Count = events.Length;
    }

    /// <summary>The number of events. A request without events looks up a request id, or stores a checkpoint.</summary>
    public int Count { get; }

    /// <summary>The request id; the default value if the request is never repeated.</summary>
    public RequestId Request { get; init; }

    /// <summary>
    /// The content by which the log recognizes a repeated request, if the events depend on
    /// more than the request; empty to compare the events. Valid as long as the events.
    /// </summary>
    public ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>The condition; null to append unconditionally.</summary>
    public AppendCondition? Condition { get; init; }

    /// <summary>The checkpoint of the room's rules after the events; null to keep the previous checkpoint.</summary>
    public RulesCheckpoint? Checkpoint { get; init; }

    /// <summary>Returns an event.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such event.</exception>
    public RoomEvent this[int index] => _events.IsEmpty && index == 0 && Count == 1 ? _single : _events.Span[index];
}
