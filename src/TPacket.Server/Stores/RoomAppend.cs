namespace TPacket.Server;

/// <summary>
/// A request to append to a room's log: one event, or several that are appended together or not at all. Its events, and the data of these, are valid until the call that gets it
/// returns, not until its task completes: a store that needs them longer copies them.
/// </summary>
public readonly struct RoomAppend
{
    private readonly ReadOnlyMemory<RoomEvent> _events;
    private readonly RoomEvent _single;

    /// <summary>A request to append one event.</summary>
    public RoomAppend(in RoomEvent roomEvent) => _single = roomEvent;

    /// <summary>A request to append several events together.</summary>
    /// <param name="events">At least one; <see cref="RoomEvent.ChangesRoster">events that change the roster</see> are appended alone.</param>
    /// <exception cref="ArgumentException">There is no event, or one of several changes the roster.</exception>
    public RoomAppend(ReadOnlyMemory<RoomEvent> events)
    {
        if (events.IsEmpty)
            throw new ArgumentException("At least one event is needed.", nameof(events));
        foreach (ref readonly var roomEvent in events.Span)
        {
            if (roomEvent.ChangesRoster && events.Length > 1)
                throw new ArgumentException("An event that changes the roster is appended alone.", nameof(events));
        }

        _events = events;
        _single = events.Span[0];
    }

    /// <summary>How many events there are.</summary>
    public int Count => Math.Max(1, _events.Length);

    /// <summary>Names the request; the default where it is never repeated.</summary>
    public RequestId Request { get; init; }

    /// <summary>What has to hold; null where nothing has to.</summary>
    public AppendCondition? Condition { get; init; }

    /// <summary>One of the events.</summary>
    public RoomEvent this[int index] => _events.IsEmpty && index == 0 ? _single : _events.Span[index];
}
