namespace TPacket.Client;

/// <summary>The users in the client's room; while the client reconnects, the last known users. Thread-safe.</summary>
public sealed class Roster
{
    private readonly Lock _gate = new();
    private readonly Action<Action<RosterChange>?, RosterChange> _raise;
    private SortedDictionary<int, RoomUser> _byId = [];
    private RoomUser[]? _users;
    private int _selfId;

    // The number of members of a large room that the server has counted but not sent.
    private int _unnamed;

    internal Roster(Action<Action<RosterChange>?, RosterChange> raise) => _raise = raise;

    /// <summary>
    /// Raised by the client's loop after each change: a user was added or removed, its presence has changed, or a large room has sent its number of members.
    /// </summary>
    public event Action<RosterChange>? Changed;

    /// <summary>A snapshot of all users, ordered by id. The same instance is returned until the roster changes.</summary>
    public IReadOnlyList<RoomUser> Users
    {
        get
        {
            lock (_gate)
                return _users ??= [.. _byId.Values];
        }
    }

    /// <summary>
    /// The number of members. In a large room, this includes members that the server has counted but not sent, which are not in <see cref="Users"/>.
    /// </summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _byId.Count + _unnamed;
        }
    }

    /// <summary>The client's own user; null outside of a room.</summary>
    public RoomUser? Self
    {
        get
        {
            lock (_gate)
                return _byId.GetValueOrDefault(_selfId);
        }
    }

    /// <summary>Returns the user with an id; null if the roster has none.</summary>
    public RoomUser? Find(int id)
    {
        lock (_gate)
            return _byId.GetValueOrDefault(id);
    }

    internal void Add(RoomUser user)
    {
        if (Remove(user.Id) is null)
        {
            lock (_gate)
                _unnamed = Math.Max(0, _unnamed - 1);
        }

        lock (_gate)
        {
            _byId.Add(user.Id, user);
            _users = null;
        }

        Raise(RosterChangeKind.Added, user);
    }

    internal RoomUser? Remove(int id)
    {
        RoomUser? user;
        lock (_gate)
        {
            if (!_byId.Remove(id, out user))
                return null;
            _users = null;
        }

        Raise(RosterChangeKind.Removed, user);
        return user;
    }

    /// <summary>Sets the presence of a user, and raises <see cref="Changed"/> if it changes.</summary>
    /// <returns>The changed user; null if nothing has changed.</returns>
    internal RoomUser? Mark(int id, bool isAway)
    {
        RoomUser user;
        lock (_gate)
        {
            if (!_byId.TryGetValue(id, out var before) || before.IsAway == isAway)
                return null;
            _byId[id] = user = before with { IsAway = isAway };
            _users = null;
        }

        Raise(RosterChangeKind.PresenceChanged, user);
        return user;
    }

    internal void SetCount(int members)
    {
        lock (_gate)
            _unnamed = Math.Max(0, members - _byId.Count);
        Raise(RosterChangeKind.Counted, null);
    }

    /// <summary>Replaces all users, and then raises <see cref="Changed"/> for the differences.</summary>
    internal void Replace(SortedDictionary<int, RoomUser> byId, int selfId)
    {
        SortedDictionary<int, RoomUser> before;
        lock (_gate)
        {
            (before, _byId) = (_byId, byId);
            (_users, _selfId, _unnamed) = (null, selfId, 0);
        }

        // No lock: only the client's loop changes the users.
        foreach (var user in Except(before, byId))
            Raise(RosterChangeKind.Removed, user);
        foreach (var user in Except(byId, before))
            Raise(RosterChangeKind.Added, user);
        foreach (var user in byId.Values)
        {
            if (before.GetValueOrDefault(user.Id) is { } known && known.IsSame(user) && known.IsAway != user.IsAway)
                Raise(RosterChangeKind.PresenceChanged, user);
        }
    }

    private static RoomUser[] Except(SortedDictionary<int, RoomUser> users, SortedDictionary<int, RoomUser> others) =>
        [.. users.Values.Where(user => !user.IsSame(others.GetValueOrDefault(user.Id)))];

    private void Raise(RosterChangeKind kind, RoomUser? user) => _raise(Changed, new RosterChange(kind, user));
}
