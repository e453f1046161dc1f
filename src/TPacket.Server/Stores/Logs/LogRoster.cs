namespace TPacket.Server.Stores.Logs;

/// <summary>The roster of a room. Checks events against the roster (<see cref="IRoomLog.AppendAsync"/>).</summary>
internal sealed class LogRoster
{
    private readonly Dictionary<int, Entry> _entries = [];

    public int Count => _entries.Count;

    public RoomMember[] Copy()
    {
        var members = new RoomMember[_entries.Count];
        var next = 0;
        foreach (var entry in _entries.Values)
            members[next++] = entry.Member;
        return members;
    }

    public bool HasSession(long session)
    {
        foreach (var entry in _entries.Values)
        {
            if (entry.Member.Session == session)
                return true;
        }

        return false;
    }

    /// <summary>Checks an event against the roster.</summary>
    /// <returns>The result of an event that is not to be appended; null if the event is to be appended.</returns>
    public AppendResult? Validate(in RoomEvent roomEvent)
    {
        if (roomEvent.Member is not { } author)
            return null;
        if (!_entries.TryGetValue(author.Id, out var entry))
            return roomEvent.Kind == RoomEventKind.Joined ? null : Fenced;
        var member = entry.Member;
        return roomEvent.Kind switch
        {
            RoomEventKind.Joined => member.IsSameAs(author) ? Repeated(entry) : Fenced,
            RoomEventKind.Returned when member.Session != author.Session || member.Generation > author.Generation => Fenced,
            RoomEventKind.Returned => member.Generation == author.Generation && !member.IsAway ? Repeated(entry) : null,
            _ when !member.IsSameAs(author) => Fenced,
            RoomEventKind.Away when member.IsAway => Repeated(entry),
            RoomEventKind.Renamed when member.Nick == author.Nick => Repeated(entry),
            _ => null,
        };
    }

    /// <summary>Returns the event with its member as in the roster, so that every reader sees the same member.</summary>
    public RoomEvent Complete(in RoomEvent roomEvent)
    {
        if (roomEvent.Member is not { } author || roomEvent.Kind == RoomEventKind.Joined)
            return roomEvent;
        var member = _entries[author.Id].Member;
        return roomEvent.With(roomEvent.Kind switch
        {
            RoomEventKind.Renamed => member.WithNick(author.Nick),
            RoomEventKind.Away => member.AsAway(),
            RoomEventKind.Returned => member.AsReturned(author.Generation),
            _ => member,
        });
    }

    /// <summary>Applies an appended event.</summary>
    public void Apply(in RoomEvent roomEvent)
    {
        if (!roomEvent.ChangesRoster)
            return;
        var member = roomEvent.Member!;
        if (roomEvent.Kind == RoomEventKind.Left)
            _entries.Remove(member.Id);
        else
            _entries[member.Id] = new Entry(member, roomEvent.Offset, roomEvent.Check, roomEvent.Time);
    }

    private static AppendResult Fenced => new(AppendStatus.Fenced, default);

    private static AppendResult Repeated(in Entry entry) =>
        new(AppendStatus.Appended, new RoomPosition(0, entry.Offset, entry.Check), entry.Time, IsRepeated: true);

    /// <summary>A member, and the last event that has changed the member.</summary>
    private readonly record struct Entry(RoomMember Member, long Offset, ulong Check, long Time);
}
