using TPacket.Protocol;
using TPacket.Server.Sessions;

namespace TPacket.Server.Rooms;

/// <summary>
/// Delivers the events of a room's log to the members on this server: applies each event to the replica, and broadcasts the packets that members receive for it. In a large room it defers presence.
/// </summary>
internal sealed class RoomDelivery
{
    private readonly Lock _gate = new();
    private readonly Room _room;
    private readonly RoomRegistry _rooms;
    private readonly RoomReplica _replica;
    private readonly RoomMembers _members = new();
    private readonly RoomPresence _presence;
    private readonly PositionWaiters _waiters = new();
    private readonly RoomBroadcast _broadcast;
    private bool _presenceDue;
    private bool _countDue;
    private bool _hasEnded;

    public RoomDelivery(Room room, RoomRegistry rooms)
    {
        _room = room;
        _rooms = rooms;
        _replica = new RoomReplica(rooms.Options);
        _presence = new RoomPresence(_replica, _members, rooms.Options);
        _broadcast = new RoomBroadcast(_members, rooms.Options.MaxLoggedMessageBytes, rooms.Metrics, _gate);
    }

    public int MemberCount
    {
        get
        {
            lock (_gate)
                return _replica.MemberCount;
        }
    }

    /// <summary>How many appends wait in <see cref="ReachAsync"/>.</summary>
    public int WaiterCount
    {
        get
        {
            lock (_gate)
                return _waiters.Count;
        }
    }

    public RoomPosition Position
    {
        get
        {
            lock (_gate)
                return _replica.Position;
        }
    }

    public RoomMember[] CopyMembers()
    {
        lock (_gate)
            return _replica.CopyMembers();
    }

    public StreamHead HeadOf(RoomStream stream)
    {
        lock (_gate)
            return _replica.HeadOf(stream);
    }

    /// <summary>Waits until the members were sent everything up to a position of the log, no longer than a call of the store may take.</summary>
    public async ValueTask ReachAsync(RoomPosition position)
    {
        TaskCompletionSource waiter;
        lock (_gate)
        {
            if (HasReached(position))
                return;
            waiter = _waiters.Add(position.Offset);
        }

        if (await _rooms.StoreDeadline.TryWaitAsync(waiter.Task).ConfigureAwait(false))
            return;
        lock (_gate)
            _waiters.GiveUp(waiter);
    }

    public bool HasReachedNow(RoomPosition position)
    {
        lock (_gate)
            return HasReached(position);
    }

    /// <summary>Sends the members the next events.</summary>
    public void OnEvents(ReadOnlySpan<RoomEvent> events)
    {
        lock (_gate)
        {
            foreach (ref readonly var roomEvent in events)
                Deliver(roomEvent);
            _waiters.Release(_replica.Position.Offset);
        }
    }

    /// <summary>Continues from a snapshot: members who follow the log receive it, the others what differs from what they know.</summary>
    public void OnReset(RoomSnapshot snapshot)
    {
        lock (_gate)
        {
            if (_members.Count == 0)
                _replica.Reset(snapshot);
            else
                Continue(snapshot);
            _waiters.Release(long.MaxValue);
        }
    }

    /// <summary>Whether the replica has a user that joined at a position, so that it can be made a member here.</summary>
    public bool CanAdmit(RoomMember member, RoomPosition joined)
    {
        lock (_gate)
            return !_hasEnded && HasReached(joined) && _replica.Has(member);
    }

    /// <summary>
    /// Makes a user a member here: it is sent roster and history as they stand now, then what follows. The log has its join.
    /// </summary>
    /// <returns>False when the log has the user no more, or its connection is gone for good.</returns>
    public bool TryAdmit(Session session, int? uid)
    {
        lock (_gate)
        {
            var member = session.Member!;
            if (_hasEnded || !_replica.Has(member))
                return false;
            if (_members.Count == 0)
                _presence.Begin();
            session.CountsPresence = session.Accepts((int)PacketCommand.MemberCount);
            session.FollowsLog = session.Accepts((int)PacketCommand.Event);
            SendWelcome(session, uid);
            _members.Add(session);
            session.CurrentRoom = _room;
            if (!session.IsTornDown)
                return true;
            Remove(session);
            return false;
        }
    }

    /// <summary>Sends a connection nothing more.</summary>
    /// <returns>False when it was no member here.</returns>
    public bool TryRemove(Session session)
    {
        lock (_gate)
            return Remove(session);
    }

    /// <summary>Sends a member the presence that waits for the others too, so that its reply does not overtake it.</summary>
    public void SendPresenceTo(Session session)
    {
        lock (_gate)
        {
            if (session.CurrentRoom != _room)
                return;
            _rooms.Metrics.Delivered(_presence.SendTo(session));
            session.PresenceOffset = _replica.Position.Offset;
        }
    }

    /// <summary>In a large room: sends the presence that waits, and members who count how many there are.</summary>
    public void SendPresence()
    {
        lock (_gate)
        {
            _presenceDue = false;
            SendPending();
            if (!_countDue)
                return;
            _countDue = false;
            foreach (var member in _members.All)
            {
                if (member.CountsPresence)
                    member.SendPacket(PacketHeader.Unasked, (int)PacketCommand.MemberCount, _replica.MemberCount, 0, []);
            }
        }
    }

    /// <summary>The subscription has ended: nobody is made a member here any more.</summary>
    /// <returns>Every connection that is a member here; a copy.</returns>
    public Session[] End()
    {
        lock (_gate)
        {
            _hasEnded = true;
            return _members.All.ToArray();
        }
    }

    private bool HasReached(RoomPosition position) => _replica.Position.Offset >= position.Offset || _replica.Position.Epoch != position.Epoch;

    private void Deliver(in RoomEvent roomEvent)
    {
        var wasLarge = _presence.IsLarge;
        _replica.Apply(roomEvent);
        switch (roomEvent.Kind)
        {
            case RoomEventKind.Joined:
                OnJoined(roomEvent);
                break;
            case RoomEventKind.Left:
                Expel(roomEvent);
                OnLeft(roomEvent, wasLarge);
                break;
            case RoomEventKind.Renamed:
                OnRenamed(roomEvent);
                break;
            case RoomEventKind.Message:
                Announce(roomEvent.Offset, roomEvent.Member!);
                Send(roomEvent);
                break;
            default:
                Send(roomEvent);
                break;
        }
    }

    private void Continue(RoomSnapshot snapshot)
    {
        // The presence that waits belongs before the difference.
        SendPending();
        var wasLarge = _presence.IsLarge;
        var isNews = snapshot.Position != _replica.Position;
        DeliverDifference(snapshot);
        _replica.Reset(snapshot);
        // Offsets of another epoch say nothing about those of this one.
        foreach (var member in _members.All)
            member.PresenceOffset = snapshot.Position.Offset;
        if (wasLarge && !_presence.IsLarge)
            IntroduceAll(snapshot.Position.Offset + 1);
        SendPending();
        if (wasLarge || _presence.IsLarge)
            CountLater();
        if (!isNews)
            return;
        foreach (var member in _members.All)
        {
            if (member.FollowsLog)
                SendWelcome(member, null);
        }
    }

    /// <summary>
    /// The members here that do not follow the log receive the difference between the roster that they know and the snapshot's, and the messages between. Members who count keep those that they know.
    /// </summary>
    private void DeliverDifference(RoomSnapshot snapshot)
    {
        var offset = snapshot.Position.Offset;
        var now = snapshot.Members.ToDictionary(static member => member.Id);
        foreach (var member in _replica.CopyMembers())
        {
            if (now.TryGetValue(member.Id, out var still) && still.Session == member.Session)
                continue;
            Expel(RoomEvent.Left(member, LeaveCause.NodeLost));
            _broadcast.SendBare(EventPackets.DelUser(member.Id, member.NickUtf8), toCounting: _presence.IsAnnounced(member.Id));
            _presence.Forget(member.Id);
        }

        foreach (var member in snapshot.Members)
        {
            var before = _replica.Find(member.Id);
            if (before?.Session == member.Session && before.Nick == member.Nick)
                continue;
            if (before?.Session == member.Session)
                _broadcast.SendBare(EventPackets.DelUser(member.Id, before.NickUtf8), toCounting: _presence.IsAnnounced(member.Id));
            _presence.Announce(member.Id);
            _broadcast.SendBare(EventPackets.NewUser(member));
        }

        if (snapshot.Position.Epoch != _replica.Position.Epoch)
            return;
        foreach (var said in snapshot.History.Where(said => said.Offset > _replica.Position.Offset && said.Offset <= offset))
        {
            // Its author may have left since; a LOGGED_MSG names no user that a client would look up.
            var text = new byte[Math.Min(LoggedText.Length(said), _rooms.Options.MaxLoggedMessageBytes)];
            _broadcast.SendBare(EventPackets.Logged(text.AsSpan(0, LoggedText.Write(text, said))));
        }
    }

    private void SendWelcome(Session session, int? uid)
    {
        var welcome = new Welcome(_replica, session.CountsPresence ? _presence : null, session.Id, _rooms.Options.MaxLoggedMessageBytes);
        var frames = session.FollowsLog ? welcome.EncodeSnapshot(uid, _room.Name, out var packets) : welcome.Encode(uid, out packets);
        session.Connection.Send(frames, 0, frames.Length, packets, counted: false);
        frames.Release();
        session.PresenceOffset = _replica.Position.Offset;
    }

    private void OnJoined(in RoomEvent joined)
    {
        if (_members.Count == 0 || !_presence.IsLarge)
        {
            Send(joined);
            return;
        }

        Defer(joined, forCounting: false);
        _presence.Hide(joined.Member!);
        CountLater();
    }

    private void OnLeft(in RoomEvent left, bool wasLarge)
    {
        var wasAnnounced = _presence.IsAnnounced(left.Member!.Id);
        _presence.Forget(left.Member.Id);
        if (_members.Count == 0 || !wasLarge)
        {
            Send(left);
            return;
        }

        Defer(left, wasAnnounced);
        CountLater();
        if (!_presence.IsLarge)
            IntroduceAll(left.Offset);
    }

    private void OnRenamed(in RoomEvent renamed)
    {
        if (_members.Count == 0 || !_presence.IsLarge)
        {
            Send(renamed);
            return;
        }

        var member = renamed.Member!;
        var isAnnounced = _presence.IsAnnounced(member.Id);
        if (!isAnnounced && FindHere(member) is { CountsPresence: true } itself)
        {
            // It has itself in its roster, though nobody else who counts has.
            SendPending();
            _broadcast.SendTo(itself, renamed);
            itself.PresenceOffset = renamed.Offset;
        }

        Defer(renamed, isAnnounced);
        if (!isAnnounced)
            _presence.Hide(member);
    }

    /// <summary>A user is about to be heard: members who count have to know it.</summary>
    private void Announce(long offset, RoomMember member)
    {
        if (_presence.IsAnnounced(member.Id))
            return;
        _presence.Announce(member.Id);
        Introduce(offset, member);
    }

    private void IntroduceAll(long offset)
    {
        foreach (var rest in _presence.AnnounceAll())
            Introduce(offset, rest);
    }

    /// <summary>Removes the connection here of a member whom the log has no more.</summary>
    private void Expel(in RoomEvent left)
    {
        if (FindHere(left.Member!) is not { } session)
            return;
        // It receives what waits, then its own leave, and both while it is still here: from then on another room may send to it.
        _rooms.Metrics.Delivered(_presence.SendTo(session));
        if (left.Cause is LeaveCause.Removed or LeaveCause.Moved)
            _broadcast.SendTo(session, left);
        Remove(session);
        _room.OnExpelled(session, left.Cause);
    }

    private Session? FindHere(RoomMember member) =>
        _rooms.Users.Find(member.Id) is Session session && session.CurrentRoom == _room && session.Member!.IsSameAs(member) ? session : null;

    /// <summary>Has presence wait for more of it.</summary>
    private void Defer(in RoomEvent roomEvent, bool forCounting)
    {
        if (!_presence.TryDefer(roomEvent, forCounting))
        {
            SendPending();
            _presence.TryDefer(roomEvent, forCounting);
        }

        SendPresenceLater();
    }

    /// <summary>Has the NEW_USER of a member that those who count have not received wait for more.</summary>
    private void Introduce(long offset, RoomMember member)
    {
        if (_members.Count == 0)
            return;
        if (!_presence.TryIntroduce(offset, member))
        {
            SendPending();
            _presence.TryIntroduce(offset, member);
        }

        SendPresenceLater();
    }

    private void CountLater()
    {
        _countDue = true;
        SendPresenceLater();
    }

    private void SendPresenceLater()
    {
        if (_presenceDue)
            return;
        _presenceDue = true;
        _rooms.PresenceTimer.Add(this);
    }

    /// <summary>Sends the presence that waits: because it is time, or because what comes now must not overtake it.</summary>
    private void SendPending()
    {
        if (!_presence.IsPending)
            return;
        var delivered = 0;
        foreach (var member in _members.All)
            delivered += _presence.SendTo(member);
        _presence.Drop();
        _rooms.Metrics.Delivered(delivered);
    }

    private bool Remove(Session session)
    {
        if (session.CurrentRoom != _room)
            return false;
        session.CurrentRoom = null;
        _members.Remove(session);
        if (_members.Count == 0)
            _presence.Drop();
        return true;
    }

    private void Send(in RoomEvent roomEvent)
    {
        SendPending();
        _broadcast.Send(roomEvent);
    }
}
