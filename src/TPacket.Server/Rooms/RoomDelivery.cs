using TPacket.Protocol;
using TPacket.Server.Rules;
using TPacket.Server.Sessions;

namespace TPacket.Server.Rooms;

/// <summary>
/// Delivers the events of a room's log to the members on this server: applies each event to the replica, and sends the packets that members receive for it. Admits members and removes them. All of it
/// happens under one lock, so that each member receives roster, history and events without a gap.
/// </summary>
internal sealed class RoomDelivery
{
    private readonly Lock _gate = new();
    private readonly Room _room;
    private readonly RoomRegistry _rooms;
    private readonly RoomReplica _replica;
    private readonly RoomMembers _members = new();
    private readonly RoomBroadcast _broadcast;
    private readonly RoomPresence _presence;
    private readonly RoomReset _reset;
    private readonly RulesRoom? _rules;
    private readonly RoomViews? _views;
    private readonly PositionWaiters _waiters = new();
    private readonly List<Returning> _returning = [];
    private ulong? _epochBefore;
    private bool _isTorn;
    private bool _hasEnded;

    public RoomDelivery(Room room, RoomRegistry rooms)
    {
        _room = room;
        _rooms = rooms;
        _rules = room.Rules;
        _replica = new RoomReplica(rooms.Options);
        _broadcast = new RoomBroadcast(_members, rooms.Options.MaxLoggedMessageBytes, _gate);
        _presence = new RoomPresence(_replica, _members, _broadcast, rooms.Options, () => rooms.PresenceTimer.Add(this));
        _views = _rules is null ? null : new RoomViews(_rules, _members, _presence, _broadcast);
        _reset = new RoomReset(_replica, _members, _presence, _broadcast, rooms.Options);
    }

    public int MemberCount
    {
        get
        {
            lock (_gate)
                return _replica.MemberCount;
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

    /// <summary>How many appends wait in <see cref="ReachAsync"/>.</summary>
    public int WaiterCount
    {
        get
        {
            lock (_gate)
                return _waiters.Count;
        }
    }

    /// <summary>An earlier connection of a member that the log still has; null for none.</summary>
    public RoomMember? FindEarlier(RoomMember member)
    {
        lock (_gate)
            return _replica.Find(member.Id) is { } there && there.Session == member.Session && there.Generation < member.Generation ? there : null;
    }

    /// <summary>The name of the rules that the log has; null for none.</summary>
    public string? RulesName { get; private set; }

    /// <summary>The state of the room's rules; null for none, and while it is computed.</summary>
    public object? State
    {
        get
        {
            lock (_gate)
                return _rules?.Replica?.State;
        }
    }

    /// <summary>How the log has a connection of a user; null where it is no member.</summary>
    public RoomMember? Find(RoomMember member)
    {
        lock (_gate)
            return _replica.Has(member) ? _replica.Find(member.Id) : null;
    }

    /// <summary>Whether the subscription has ended.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_gate)
                return _hasEnded;
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

    /// <summary>Reads something of the room's rules under the lock.</summary>
    public TResult Locked<TResult>(RulesRoom rules, Func<RulesRoom, TResult> read)
    {
        lock (_gate)
            return read(rules);
    }

    /// <summary>The state of the room's rules was computed up to a snapshot: it follows the log from here on, and members receive their views.</summary>
    /// <returns>False where the room went on from another snapshot meanwhile.</returns>
    /// <exception cref="RoomRulesException">The room has newer rules.</exception>
    public bool TryCompleteRules(RoomSnapshot snapshot, RulesReplica replica, long computedTo)
    {
        lock (_gate)
        {
            if (!_rules!.TryComplete(snapshot, replica, computedTo, _replica.HeadOf))
                return false;
            _views!.SendToAll();
            return true;
        }
    }

    /// <summary>Sends a member the state of the room's rules, now that it accepts their command.</summary>
    public void SendViewTo(Session session)
    {
        lock (_gate)
        {
            if (session.CurrentRoom == _room)
                _views?.SendTo(session);
        }
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
        int delivered;
        lock (_gate)
        {
            foreach (ref readonly var roomEvent in events)
                Deliver(roomEvent);
            _waiters.Release(_replica.Position.Offset);
            delivered = _broadcast.TakeCount();
        }

        Report(delivered);
    }

    /// <summary>Continues from a snapshot: members who follow the log receive it, the others what differs from what they know.</summary>
    /// <returns>Whether the state of the room's rules has to be computed anew.</returns>
    public bool OnReset(RoomSnapshot snapshot)
    {
        int delivered;
        bool isComputed;
        lock (_gate)
        {
            if (snapshot.Position.Epoch != _replica.Position.Epoch)
                _epochBefore = _replica.Position.Epoch;
            if (_members.Count == 0)
                _replica.Reset(snapshot);
            else
                _reset.Continue(_room.Name, snapshot, _isTorn, member => Expel(RoomEvent.Left(member, LeaveCause.NodeLost)));
            _isTorn = false;
            RulesName = snapshot.Rules?.Rules.RulesName;
            isComputed = _rules?.OnReset(snapshot, _replica.HeadOf) != true;
            // Whoever has received a snapshot has forgotten what it has seen.
            _views?.SendToAll();
            foreach (var returning in _returning)
                returning.OnReset();
            _waiters.Release(long.MaxValue);
            delivered = _broadcast.TakeCount();
        }

        Report(delivered);
        return !isComputed;
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
    public bool TryAdmit(Session session, EntryReply? reply)
    {
        lock (_gate)
        {
            if (!TryPrepare(session))
                return false;
            SendWelcome(session, reply);
            return TryAdd(session);
        }
    }

    /// <summary>Holds the events that are delivered from here on for a member that is back, until it is known what it has missed.</summary>
    /// <returns>Null when the member has to be sent a snapshot: it does not follow the log, or it counts the members of a large room, of whom it does not know whom it knows.</returns>
    public Returning? BeginReturn(Session session)
    {
        lock (_gate)
        {
            if (!session.Accepts((int)PacketCommand.Event) || (session.Accepts((int)PacketCommand.MemberCount) && _presence.IsLarge))
                return null;
            var returning = new Returning(session, _replica.Position, _replica.MemberCount, _rooms.Options);
            _returning.Add(returning);
            return returning;
        }
    }

    /// <summary>Makes a member that is back one here: it is sent the reply, what it has missed, and what was held for it; or a snapshot where something is missing.</summary>
    /// <param name="returning">What was held.</param>
    /// <param name="missed">The events up to where holding began; null where they are not known.</param>
    /// <param name="uid">The uid of the request.</param>
    /// <returns>False when the log has the user no more, or its connection is gone for good.</returns>
    public bool TryAdmit(Returning returning, ReplayFrames? missed, int uid)
    {
        var session = returning.Member;
        lock (_gate)
        {
            _returning.Remove(returning);
            if (!TryPrepare(session))
                return false;
            if (missed is null || returning.HasGap || (session.Membership.CountsPresence && _presence.IsLarge))
            {
                SendWelcome(session, new EntryReply(uid, PacketCommand.Resume, 1, session.Id));
            }
            else
            {
                returning.IsReplayed = true;
                session.SendPacket(uid, (int)PacketCommand.Resume, 0, session.Id, []);
                session.AddReplayDebt(missed.Bytes + returning.Held.Bytes);
                missed.Send();
                returning.Held.Send();
                // It takes the place of the events of the rules among those that were missed.
                _views?.SendTo(session);
                session.Membership.SkippedEvents = missed.Skipped + returning.Held.Skipped;
                session.Membership.PresenceOffset = _replica.Position.Offset;
            }

            return TryAdd(session);
        }
    }

    /// <summary>Holds nothing more.</summary>
    public void EndReturn(Returning returning)
    {
        lock (_gate)
            _returning.Remove(returning);
        returning.Held.Release();
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
        int delivered;
        lock (_gate)
        {
            if (session.CurrentRoom != _room)
                return;
            _presence.SendPendingTo(session);
            session.Membership.PresenceOffset = _replica.Position.Offset;
            delivered = _broadcast.TakeCount();
        }

        Report(delivered);
    }

    /// <summary>In a large room: sends the presence that waits, and members who count how many there are.</summary>
    public void SendPresence()
    {
        int delivered;
        lock (_gate)
        {
            _presence.SendDue();
            delivered = _broadcast.TakeCount();
        }

        Report(delivered);
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

    private void Report(int delivered)
    {
        if (delivered > 0)
            _rooms.Metrics.Delivered(delivered);
    }

    // A position of the epoch before was reached, or is lost. One of an epoch that is new here comes with a snapshot.
    private bool HasReached(RoomPosition position) =>
        position.Epoch == _replica.Position.Epoch ? _replica.Position.Offset >= position.Offset : position.Epoch == _epochBefore;

    private void Deliver(in RoomEvent roomEvent)
    {
        var wasLarge = _presence.IsLarge;
        if (roomEvent.Kind == RoomEventKind.Left)
            _rooms.LeavingNicks.Announce(roomEvent.Member!.Nick);
        _replica.Apply(roomEvent);
        _rules?.OnEvent(roomEvent);
        _isTorn = true;
        switch (roomEvent.Kind)
        {
            case RoomEventKind.Joined:
                _presence.OnJoined(roomEvent);
                break;
            case RoomEventKind.Left:
                Expel(roomEvent);
                _presence.OnLeft(roomEvent, wasLarge);
                break;
            case RoomEventKind.Renamed:
                _presence.OnRenamed(roomEvent, FindHere(roomEvent.Member!));
                break;
            case RoomEventKind.Away or RoomEventKind.Returned:
                _presence.OnPresenceChanged(roomEvent);
                if (roomEvent.Kind == RoomEventKind.Returned)
                    _rooms.Returned?.Invoke(roomEvent.Member!);
                break;
            case RoomEventKind.Message:
                _presence.Introduce(roomEvent.Offset, roomEvent.Member!);
                Send(roomEvent);
                break;
            case RoomEventKind.Packet or RoomEventKind.Opened when roomEvent.Stream == RoomStream.Rules:
                _views?.Send(roomEvent);
                break;
            default:
                Send(roomEvent);
                break;
        }

        if (_rules?.Replica is { } state)
        {
            if (roomEvent.ChangesRoster && state.HasChanged)
                _views?.Send(roomEvent);
            state.EndEvent();
        }

        _isTorn = false;
        foreach (var returning in _returning)
            returning.OnEvent(roomEvent);
    }

    private bool TryPrepare(Session session)
    {
        if (_hasEnded || !_replica.Has(session.Member!))
            return false;
        if (_members.Count == 0)
            _presence.Begin();
        session.Membership.CountsPresence = session.Accepts((int)PacketCommand.MemberCount);
        session.Membership.FollowsLog = session.Accepts((int)PacketCommand.Event);
        session.Membership.IsAware = session.Accepts((int)PacketCommand.Presence);
        session.Membership.HasView = false;
        return true;
    }

    private bool TryAdd(Session session)
    {
        _members.Add(session);
        session.Membership.Room = _room;
        if (!session.HasEnded)
            return true;
        Remove(session);
        return false;
    }

    private void Send(in RoomEvent roomEvent)
    {
        _presence.SendPending();
        _broadcast.Send(roomEvent);
    }

    private void SendWelcome(Session session, EntryReply? reply)
    {
        var welcome = new Welcome(_replica, session.Membership.CountsPresence ? _presence : null, session, _rooms.Options.MaxLoggedMessageBytes);
        var frames = session.Membership.FollowsLog ? welcome.EncodeSnapshot(reply, _room.Name, out var packets) : welcome.Encode(reply, out packets);
        try
        {
            if (reply is { Command: PacketCommand.Resume })
                session.AddReplayDebt(frames.Length);
            session.Connection.Send(frames, 0, frames.Length, packets, counted: false);
        }
        finally
        {
            frames.Release();
        }

        session.Membership.PresenceOffset = _replica.Position.Offset;
        _views?.SendTo(session);
    }

    /// <summary>Removes the connection here of a member whom the log has no more.</summary>
    private void Expel(in RoomEvent left)
    {
        if (FindHere(left.Member!) is not { } session)
            return;
        // It receives what waits, then its own leave, and both while it is still here: from then on another room may send to it.
        _presence.SendPendingTo(session);
        if (left.Cause is LeaveCause.Removed or LeaveCause.Moved)
            _broadcast.SendTo(session, left);
        Remove(session);
        _room.OnExpelled(session, left.Cause);
    }

    private Session? FindHere(RoomMember member) =>
        _rooms.Users.Find(member.Id) is Session session && session.CurrentRoom == _room && session.Member!.IsSameAs(member) ? session : null;

    private bool Remove(Session session)
    {
        if (session.CurrentRoom != _room)
            return false;
        session.Membership.Room = null;
        _members.Remove(session);
        if (_members.Count == 0)
            _presence.Drop();
        return true;
    }
}
