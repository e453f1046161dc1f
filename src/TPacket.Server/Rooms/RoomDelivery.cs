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

    public RoomDelivery(Room room, RoomRegistry rooms)
    {
        _room = room;
        _rooms = rooms;
        _replica = new RoomReplica(rooms.Options);
        _presence = new RoomPresence(_replica, rooms.Options);
        _broadcast = new RoomBroadcast(_members, rooms.Metrics, _gate);
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

    /// <summary>Continues from a snapshot: members see what differs from what they know.</summary>
    public void OnReset(RoomSnapshot snapshot)
    {
        lock (_gate)
        {
            if (_members.Count > 0)
                DeliverDifference(snapshot);
            _replica.Reset(snapshot);
            _presence.Begin();
            _waiters.Release(long.MaxValue);
        }
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
            if (!_replica.Has(member))
                return false;
            if (_members.Count == 0)
                _presence.Begin();
            session.CountsPresence = session.Accepts((int)PacketCommand.MemberCount);
            var welcome = new Welcome(_replica, session.CountsPresence ? _presence : null, session.Id, _rooms.Options.MaxLoggedMessageBytes).Encode(uid, out var packets);
            session.Connection.Send(welcome, 0, welcome.Length, packets, counted: false);
            welcome.Release();
            session.PresenceOffset = _replica.Position.Offset;
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

    /// <summary>Every connection that is a member here; a copy.</summary>
    public Session[] CopyConnections()
    {
        lock (_gate)
            return _members.All.ToArray();
    }

    private bool HasReached(RoomPosition position) => _replica.Position.Offset >= position.Offset || _replica.Position.Epoch != position.Epoch;

    private void Deliver(in RoomEvent roomEvent)
    {
        switch (roomEvent.Kind)
        {
            case RoomEventKind.Joined:
                _replica.Apply(roomEvent);
                OnJoined(roomEvent.Offset, roomEvent.Member!);
                break;
            case RoomEventKind.Left:
                var wasLarge = _presence.IsLarge;
                _replica.Apply(roomEvent);
                Expel(roomEvent.Member!, roomEvent.Cause);
                OnLeft(roomEvent.Offset, roomEvent.Member!, wasLarge);
                break;
            case RoomEventKind.Renamed:
                _replica.Apply(roomEvent);
                FindHere(roomEvent.Member!)?.TakeNick(roomEvent.Member!);
                OnRenamed(roomEvent.Offset, roomEvent.Member!, roomEvent.Data.Span);
                break;
            case RoomEventKind.Message:
                _replica.Apply(roomEvent);
                Announce(roomEvent.Offset, roomEvent.Member!);
                Send(PacketCommand.NewMsg, roomEvent.Member!.Id, 0, roomEvent.Data.Span);
                break;
            case RoomEventKind.Announcement:
                _replica.Apply(roomEvent);
                Send(PacketCommand.LoggedMsg, 0, 0, LoggedText.Cut(roomEvent.Data.Span, _rooms.Options.MaxLoggedMessageBytes));
                break;
            case RoomEventKind.Packet:
                _replica.Apply(roomEvent);
                Send((PacketCommand)roomEvent.Command, roomEvent.P1, roomEvent.P2, roomEvent.Data.Span);
                break;
            default:
                // Being away and coming back is sent to nobody who has not asked for it.
                _replica.Apply(roomEvent);
                break;
        }
    }

    /// <summary>The connections here see the roster change from what they know to the snapshot's, and what was said between.</summary>
    private void DeliverDifference(RoomSnapshot snapshot)
    {
        var offset = snapshot.Position.Offset;
        var now = snapshot.Members.ToDictionary(static member => member.Id);
        foreach (var member in _replica.CopyMembers())
        {
            if (now.TryGetValue(member.Id, out var still) && still.Session == member.Session)
                continue;
            Expel(member, LeaveCause.NodeLost);
            Send(PacketCommand.DelUser, member.Id, 0, member.NickUtf8);
        }

        foreach (var member in snapshot.Members)
        {
            var before = _replica.Find(member.Id);
            if (before?.Session == member.Session && before.Nick == member.Nick)
                continue;
            if (before?.Session == member.Session)
                Send(PacketCommand.DelUser, member.Id, 0, before.NickUtf8);
            FindHere(member)?.TakeNick(member);
            Send(PacketCommand.NewUser, member.Id, 0, member.NickUtf8);
        }

        if (snapshot.Position.Epoch != _replica.Position.Epoch)
            return;
        foreach (var said in snapshot.History.Where(said => said.Offset > _replica.Position.Offset && said.Offset <= offset))
        {
            // Its author may have left since; a LOGGED_MSG names no user that a client would look up.
            var text = new byte[Math.Min(LoggedText.Length(said), _rooms.Options.MaxLoggedMessageBytes)];
            Send(PacketCommand.LoggedMsg, 0, 0, text.AsSpan(0, LoggedText.Write(text, said)));
        }
    }

    private void OnJoined(long offset, RoomMember member)
    {
        if (_members.Count > 0 && _presence.IsLarge)
        {
            Defer(offset, PacketCommand.NewUser, member.Id, member.NickUtf8, forCounting: false);
            _presence.Hide(member);
            _countDue = true;
        }
        else
        {
            Send(PacketCommand.NewUser, member.Id, 0, member.NickUtf8);
        }
    }

    private void OnLeft(long offset, RoomMember member, bool wasLarge)
    {
        var wasAnnounced = _presence.IsAnnounced(member.Id);
        _presence.Forget(member.Id);
        if (_members.Count == 0 || !wasLarge)
        {
            Send(PacketCommand.DelUser, member.Id, 0, member.NickUtf8);
        }
        else
        {
            Defer(offset, PacketCommand.DelUser, member.Id, member.NickUtf8, wasAnnounced);
            _countDue = true;
        }

        if (!wasLarge || _presence.IsLarge)
            return;
        foreach (var rest in _presence.AnnounceAll())
            Defer(offset, PacketCommand.NewUser, rest.Id, rest.NickUtf8, forCounting: true, forAll: false);
    }

    private void OnRenamed(long offset, RoomMember renamed, ReadOnlySpan<byte> oldNick)
    {
        if (_members.Count == 0 || !_presence.IsLarge)
        {
            Send(PacketCommand.DelUser, renamed.Id, 0, oldNick);
            Send(PacketCommand.NewUser, renamed.Id, 0, renamed.NickUtf8);
            return;
        }

        var announced = _presence.IsAnnounced(renamed.Id);
        Defer(offset, PacketCommand.DelUser, renamed.Id, oldNick, announced);
        Defer(offset, PacketCommand.NewUser, renamed.Id, renamed.NickUtf8, announced);
        if (announced)
            return;
        _presence.Hide(renamed);
        if (FindHere(renamed) is not { CountsPresence: true } itself)
            return;
        // It has itself in its roster, though nobody else who counts has.
        SendPending();
        itself.Send((int)PacketCommand.DelUser, renamed.Id, 0, oldNick);
        itself.Send((int)PacketCommand.NewUser, renamed.Id, 0, renamed.NickUtf8);
    }

    /// <summary>A user is about to be heard: members who count have to know it.</summary>
    private void Announce(long offset, RoomMember member)
    {
        if (_presence.IsAnnounced(member.Id))
            return;
        _presence.Announce(member.Id);
        Defer(offset, PacketCommand.NewUser, member.Id, member.NickUtf8, forCounting: true, forAll: false);
    }

    /// <summary>The connection here of a member whom the log has no more.</summary>
    private void Expel(RoomMember member, LeaveCause cause)
    {
        if (FindHere(member) is not { } session || !Remove(session))
            return;
        _room.OnExpelled(session, cause);
    }

    private Session? FindHere(RoomMember member) =>
        _rooms.Users.Find(member.Id) is Session session && session.CurrentRoom == _room && session.Member!.IsSameAs(member) ? session : null;

    /// <summary>Has presence wait for more of it.</summary>
    private void Defer(long offset, PacketCommand command, int id, ReadOnlySpan<byte> nick, bool forCounting, bool forAll = true)
    {
        if (_members.Count == 0)
            return;
        if (!_presence.TryDefer(offset, command, id, nick, forAll, forCounting))
        {
            SendPending();
            _presence.TryDefer(offset, command, id, nick, forAll, forCounting);
        }

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

    private void Send(PacketCommand command, int p1, int p2, ReadOnlySpan<byte> data)
    {
        SendPending();
        if (_members.Count > 0)
            _broadcast.Send(command, p1, p2, data);
    }
}
