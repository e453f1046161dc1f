using TPacket.Server.Rooms.Presence;
using TPacket.Server.Rules;
using TPacket.Server.Rules.State;
using TPacket.Server.Sessions;

namespace TPacket.Server.Rooms.Delivery;

/// <summary>
/// Delivers the events of a room's log to the members on this server, in the log's order:
/// applies each event to the replica and sends its packets to the members, under one lock.
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

    // Whether an event may have reached some members and not others, because its delivery has thrown.
    private bool _isTorn;

    public RoomDelivery(Room room, RoomRegistry rooms)
    {
        _room = room;
        _rooms = rooms;
        _rules = room.Rules;
        _replica = new RoomReplica(rooms.Options);
        _broadcast = new RoomBroadcast(_members, rooms.Options.MaxLoggedMessageBytes, _gate);
        _presence = new RoomPresence(_replica, _members, _broadcast, rooms.Options, rooms.PresenceTimer, this);
        _views = _rules is null ? null : new RoomViews(_rules, _members, _presence, _broadcast);
        _reset = new RoomReset(_replica, _members, _presence, _broadcast, rooms.Options);
        Replica = new ReplicaReader(_gate, _replica);
        Progress = new DeliveryProgress(_gate, _replica, rooms.StoreDeadline);
        Admission = new RoomAdmission(room, rooms, _gate, _replica, _members, _presence, _broadcast, _views);
    }

    /// <summary>Reads the room as this server has read it from the log.</summary>
    public ReplicaReader Replica { get; }

    /// <summary>The position up to which events are delivered.</summary>
    public DeliveryProgress Progress { get; }

    /// <summary>Admits and removes members.</summary>
    public RoomAdmission Admission { get; }

    /// <summary>The name of the rules in the log; null for none.</summary>
    public string? RulesName { get; private set; }

    /// <summary>The state of the room's rules; null for a room without rules, and while the state is computed.</summary>
    public object? State
    {
        get
        {
            lock (_gate)
                return _rules?.Replica?.State;
        }
    }

    /// <summary>Reads or changes the room's rules under the delivery's lock.</summary>
    public TResult Locked<TResult>(RulesRoom rules, Func<RulesRoom, TResult> read)
    {
        lock (_gate)
            return read(rules);
    }

    /// <summary>
    /// Sets the state of the room's rules that was computed from a snapshot.
    /// From then on, the delivery applies each event to the state; members receive their views.
    /// </summary>
    /// <returns>False if the room has continued from another snapshot meanwhile.</returns>
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

    /// <summary>Sends the view of the room's rules to a member that has just accepted their command.</summary>
    public void SendViewTo(Session session)
    {
        lock (_gate)
        {
            if (session.CurrentRoom == _room)
                _views?.SendTo(session);
        }
    }

    /// <summary>Delivers the next events of the log.</summary>
    public void OnEvents(ReadOnlySpan<RoomEvent> events)
    {
        int delivered;
        lock (_gate)
        {
            foreach (ref readonly var roomEvent in events)
                Deliver(roomEvent);
            Progress.OnDelivered();
            delivered = _broadcast.TakeCount();
        }

        Report(delivered);
    }

    /// <summary>Continues from a snapshot: followers receive the snapshot, other members the difference to their roster and history.</summary>
    /// <returns>True if the caller has to recompute the state of the room's rules.</returns>
    public bool OnReset(RoomSnapshot snapshot)
    {
        int delivered;
        bool isComputed;
        lock (_gate)
        {
            Progress.OnResetting(snapshot);
            if (_members.Count == 0)
                _replica.Reset(snapshot);
            else
                _reset.Continue(_room.Name, snapshot, _isTorn, member => Admission.Evict(RoomEvent.Left(member, LeaveCause.NodeLost)));
            _isTorn = false;
            RulesName = snapshot.Rules?.Rules.RulesName;
            isComputed = _rules?.OnReset(snapshot, _replica.HeadOf) != true;
            // A client discards its view with a snapshot.
            _views?.SendToAll();
            Admission.OnReset();
            Progress.OnReset();
            delivered = _broadcast.TakeCount();
        }

        Report(delivered);
        return !isComputed;
    }

    /// <summary>Sends the pending presence to one member early, so that it precedes the member's reply.</summary>
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

    /// <summary>Sends the pending presence of a large room, and the number of members to counting members. Called at the end of the presence period.</summary>
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

    private void Report(int delivered)
    {
        if (delivered > 0)
            _rooms.Metrics.Delivered(delivered);
    }

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
                Admission.Evict(roomEvent);
                _presence.OnLeft(roomEvent, wasLarge);
                break;
            case RoomEventKind.Renamed:
                _presence.OnRenamed(roomEvent, Admission.FindHere(roomEvent.Member!));
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
        Admission.OnDelivered(roomEvent);
    }

    private void Send(in RoomEvent roomEvent)
    {
        _presence.SendPending();
        _broadcast.Send(roomEvent);
    }
}
