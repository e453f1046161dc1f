namespace TPacket.Server.Stores;

/// <summary>
/// A log in memory. What newcomers are shown and everything else are kept apart, each in a ring within its bounds, so that much coming and going does not push messages out.
/// </summary>
internal sealed class InMemoryRoomLog(int historyBytes, int historyMessages)
{
    // Separator between nick and text in a LOGGED_MSG, which the byte limit counts.
    private const int LoggedOverhead = 2;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, RoomMember> _members = [];
    private readonly EventRing _history = new(historyBytes, historyMessages);
    private readonly EventRing _others = new(historyBytes, historyMessages);
    private IRoomSubscriber[] _subscribers = [];
    private long _nextOffset;

    public void Subscribe(IRoomSubscriber subscriber)
    {
        lock (_gate)
            _subscribers = [.. _subscribers, subscriber];
    }

    /// <returns>Whether that was the last one.</returns>
    public bool Unsubscribe(IRoomSubscriber subscriber)
    {
        lock (_gate)
        {
            _subscribers = [.. _subscribers.Where(s => !ReferenceEquals(s, subscriber))];
            return _subscribers.Length == 0;
        }
    }

    public long? Append(in RoomEvent roomEvent, long? expectedOffset)
    {
        if (roomEvent.Kind is RoomEventKind.Joined or RoomEventKind.Left)
            throw new ArgumentException("Joins and leaves have methods of their own.", nameof(roomEvent));
        lock (_gate)
        {
            if (expectedOffset is { } expected && expected != _nextOffset)
                return null;
            if (roomEvent is { Kind: RoomEventKind.Renamed, Member: { } member } && _members.ContainsKey(member.Id))
                _members[member.Id] = member;
            return Commit(roomEvent);
        }
    }

    public RoomSnapshot Join(RoomMember member)
    {
        lock (_gate)
        {
            if (!_members.TryAdd(member.Id, member))
                throw new InvalidOperationException($"User {member.Id} is in the room already.");
            var offset = Commit(RoomEvent.Joined(member));
            RoomMember[] members = [.. _members.Values];
            return new RoomSnapshot(offset, members, _history.Copy(0, int.MaxValue));
        }
    }

    public void Leave(int memberId)
    {
        lock (_gate)
        {
            if (_members.Remove(memberId, out var member))
                Commit(RoomEvent.Left(member));
        }
    }

    public RoomPage Read(long fromOffset, int maxEvents)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fromOffset);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEvents, 1);
        lock (_gate)
        {
            // Each ring is in order; together they have every event that neither has dropped.
            var complete = fromOffset >= Math.Max(_history.FirstKept, _others.FirstKept);
            RoomEvent[] events = [.. _history.Copy(fromOffset, maxEvents).Concat(_others.Copy(fromOffset, maxEvents)).OrderBy(static e => e.Offset).Take(maxEvents)];
            var next = events.Length == maxEvents ? events[^1].Offset + 1 : _nextOffset;
            return new RoomPage(complete, next, events);
        }
    }

    private long Commit(in RoomEvent roomEvent)
    {
        var committed = roomEvent with { Offset = _nextOffset++ };
        if (committed.IsHistory)
            _history.Add(committed, committed.Data.Length + (committed.Member?.NickUtf8.Length + LoggedOverhead ?? 0));
        else
            _others.Add(committed, committed.Data.Length);
        foreach (var subscriber in _subscribers)
            subscriber.OnEvent(committed);
        return committed.Offset;
    }
}
