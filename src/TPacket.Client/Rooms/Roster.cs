namespace TPacket.Client;

/// <summary>Who is in the room. While the client reconnects: who was, when that was last heard. Thread-safe.</summary>
public sealed class Roster
{
    private readonly Lock _gate = new();
    private readonly Action<Action<RosterChange>?, RosterChange> _raise;
    private SortedDictionary<int, RoomUser> _byId = [];
    private RoomUser[]? _users;
    private int _selfId;

    // Members of a large room whom it has not told of.
    private int _unnamed;

    internal Roster(Action<Action<RosterChange>?, RosterChange> raise) => _raise = raise;

    /// <summary>A user has come, gone, or changed its presence, or the members were counted. Called where <see cref="TPacketClient.EventReceived"/> is.</summary>
    public event Action<RosterChange>? Changed;

    /// <summary>All users, by their ids: a snapshot, the same one until somebody comes, goes, or changes its presence.</summary>
    public IReadOnlyList<RoomUser> Users
    {
        get
        {
            lock (_gate)
                return _users ??= [.. _byId.Values];
        }
    }

    /// <summary>How many members the room has: those of <see cref="Users"/>, and in a large room that is only counted the others too.</summary>
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

    /// <summary>Looks a user up.</summary>
    /// <returns>Null for an id that nobody in the roster has.</returns>
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

    /// <summary>Marks a user as away or here, and raises <see cref="Changed"/> if that is new.</summary>
    /// <returns>The user as it is now; null if nothing has changed.</returns>
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

    internal void TellCount(int members)
    {
        lock (_gate)
            _unnamed = Math.Max(0, members - _byId.Count);
        Raise(RosterChangeKind.Counted, null);
    }

    /// <summary>Takes another list of users, and tells of the difference only, when all is done.</summary>
    internal void Replace(SortedDictionary<int, RoomUser> byId, int selfId)
    {
        SortedDictionary<int, RoomUser> before;
        lock (_gate)
        {
            (before, _byId) = (_byId, byId);
            (_users, _selfId, _unnamed) = (null, selfId, 0);
        }

        // Nobody writes but the caller.
        foreach (var user in Lacking(before, byId))
            Raise(RosterChangeKind.Removed, user);
        foreach (var user in Lacking(byId, before))
            Raise(RosterChangeKind.Added, user);
        foreach (var user in byId.Values)
        {
            if (before.GetValueOrDefault(user.Id) is { } known && known.IsSame(user) && known.IsAway != user.IsAway)
                Raise(RosterChangeKind.PresenceChanged, user);
        }
    }

    private static RoomUser[] Lacking(SortedDictionary<int, RoomUser> users, SortedDictionary<int, RoomUser> others) =>
        [.. users.Values.Where(user => !user.IsSame(others.GetValueOrDefault(user.Id)))];

    private void Raise(RosterChangeKind kind, RoomUser? user) => _raise(Changed, new RosterChange(kind, user));
}
