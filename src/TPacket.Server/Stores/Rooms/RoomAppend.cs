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
    public RoomAppend(in RoomEvent roomEvent)
    {
        _single = roomEvent;
        Count = 1;
    }

    /// <summary>A request to append several events together.</summary>
    /// <param name="events">At least one; <see cref="RoomEvent.ChangesRoster">events that change the roster</see> and <see cref="RoomEventKind.Deletion"/> are appended alone.</param>
    /// <exception cref="ArgumentException">There is no event, or one of several changes the roster or deletes another event.</exception>
    public RoomAppend(ReadOnlyMemory<RoomEvent> events)
    {
        if (events.IsEmpty)
            throw new ArgumentException("At least one event is needed.", nameof(events));
        foreach (ref readonly var roomEvent in events.Span)
        {
            if ((roomEvent.ChangesRoster || roomEvent.Kind == RoomEventKind.Deletion) && events.Length > 1)
                throw new ArgumentException("An event that changes the roster or deletes another event is appended alone.", nameof(events));
        }

        _events = events;
        Count = events.Length;
    }

    /// <summary>How many events there are. The default value has none: it looks a request up, or keeps a checkpoint.</summary>
    public int Count { get; }

    /// <summary>Names the request; the default where it is never repeated.</summary>
    public RequestId Request { get; init; }

    /// <summary>Tells a repeated request from another one of the same id, where the events depend on more than on the request; empty where the events themselves do. Valid as long as they are.</summary>
    public ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>What has to hold; null where nothing has to.</summary>
    public AppendCondition? Condition { get; init; }

    /// <summary>How the room's rules stand behind the events; null where they do not move.</summary>
    public RulesCheckpoint? Checkpoint { get; init; }

    /// <summary>One of the events.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such event.</exception>
    public RoomEvent this[int index] => _events.IsEmpty && index == 0 && Count == 1 ? _single : _events.Span[index];
}
