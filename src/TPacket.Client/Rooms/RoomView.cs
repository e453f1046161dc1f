using System.Text;
using TPacket.Client.Connection;
using TPacket.Protocol;
using TPacket.WebSockets;

namespace TPacket.Client.Rooms;

/// <summary>The client's view of its room: handles the server's packets, keeps the roster, and raises events. Called by the client's loop only.</summary>
/// <param name="maxUsers">The maximum number of users in the roster.</param>
/// <param name="follows">Whether the client follows the room's log.</param>
/// <param name="knowsPresence">Whether the client accepts PRESENCE.</param>
/// <param name="events">The receiver of the events.</param>
internal sealed class RoomView(int maxUsers, bool follows, bool knowsPresence, EventDispatcher events)
{
    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // The roster while it arrives; null otherwise.
    private SortedDictionary<int, RoomUser>? _arriving;

    // Whether a LOGGED_MSG is history.
    private bool _inHistory;
    private bool _isReentry;

    // While a snapshot arrives: the offset of the last event of its history, -1 before the first. Null otherwise.
    private long? _history;

    // The EVENT that is being handled; null for a bare packet. A changed nick is DEL_USER and NEW_USER in one EVENT:
    // the new user takes over the presence of the user that left.
    private LogEvent? _event;
    private RoomUser? _leftInEvent;

    /// <summary>The users in the room.</summary>
    public Roster Roster { get; } = new(events.Raise);

    /// <summary>The nick of the client's own user. If the server has not sent the user's id, the client finds the user in the roster by this nick.</summary>
    public string Nick { get; set; } = "";

    /// <summary>Called before <see cref="RoomEntered"/> is raised.</summary>
    public Action? Entering { get; set; }

    /// <summary>The id of the client's own user; 0 if the server has not sent the id. Only a server with sessions sends it.</summary>
    public int OwnId { get; set; }

    /// <summary>The room; null for none.</summary>
    public string? Room { get; set; }

    /// <summary>Whether the user is a member of <see cref="Room"/>; false while the client has only requested it.</summary>
    public bool IsIn { get; private set; }

    /// <summary>The position of the last received event; null if the client does not follow the log. Kept while there is no connection.</summary>
    public LogPosition? Position { get; private set; }

    /// <summary>Handles a SET_ROOM or RESUME that succeeded: roster and history follow.</summary>
    public void Enter(string room, bool isReentry)
    {
        Room = room;
        IsIn = true;
        Position = null;
        _history = null;
        _arriving = [];
        _inHistory = true;
        _isReentry = isReentry;
    }

    /// <summary>Handles the end of roster and history.</summary>
    public void Complete()
    {
        EndRoster();
        _inHistory = false;
    }

    /// <summary>Handles the end of the connection. Discards the position of an incomplete snapshot.</summary>
    public void Interrupt()
    {
        if (_arriving is not null || _history is not null)
            Position = null;
        (_arriving, _history) = (null, null);
    }

    /// <summary>Resets the view for a new user, who has not entered a room yet.</summary>
    public void SignIn() => (OwnId, IsIn, Position) = (0, false, null);

    /// <summary>Resets the view for a client without a room.</summary>
    public void Leave()
    {
        Interrupt();
        (IsIn, Position) = (false, null);
        Roster.Replace([], selfId: 0);
    }

    /// <summary>Handles a packet that is not a reply.</summary>
    /// <exception cref="ConnectionEndedException">The packet violates the protocol.</exception>
    public void Receive(Packet packet)
    {
        switch ((PacketCommand)packet.Command)
        {
            case PacketCommand.Event when follows:
                ReceiveEvent(packet);
                break;
            case PacketCommand.Snapshot when follows:
                ReceiveSnapshot(packet);
                break;
            case PacketCommand.Receipt when follows:
                break; // The second receipt of a packet that was sent twice.
            default:
                Handle(packet);
                break;
        }
    }

    private void ReceiveEvent(Packet packet)
    {
        if (!LogEvent.TryRead(packet, out var logEvent, out var packets))
            throw Violation("an EVENT that is malformed");
        if (Position is not { } position)
            throw Violation("an EVENT before a SNAPSHOT");
        if (_history is { } last)
        {
            if (logEvent.Offset <= last || logEvent.Offset > position.Offset)
                throw Violation("history that is out of order");
            _history = logEvent.Offset;
        }
        else
        {
            if (logEvent.Offset <= position.Offset)
                throw Violation("an EVENT that is older than the one before");
            Position = position with { Offset = logEvent.Offset, Check = logEvent.Check };
        }

        _event = logEvent;
        foreach (var inner in packets)
            Handle(inner);
        (_event, _leftInEvent) = (null, null);
    }

    private void ReceiveSnapshot(Packet packet)
    {
        if (packet is { P1: 1 } && LogPosition.TryRead(packet.Data.Span, out var position))
        {
            BeginSnapshot(Decode(packet.Data.Span[LogPosition.Size..]), position);
            return;
        }

        if (packet.P1 != 0 || _history is null)
            throw Violation("a SNAPSHOT that is malformed");
        EndRoster();
        _inHistory = false;
        _history = null;
    }

    /// <summary>Begins a SNAPSHOT, which replaces roster and history. Without a SET_ROOM before it, the host may have moved the user to another room.</summary>
    private void BeginSnapshot(string room, LogPosition position)
    {
        if (_arriving is null || room != Room)
            _isReentry = IsIn && room == Room;
        IsIn = true;
        Position = position;
        _history = -1;
        _arriving = [];
        _inHistory = true;
        if (room == Room)
            return;
        Room = room;
        if (events.State.Phase == ClientPhase.Ready)
            events.SetState(events.State with { Room = room });
    }

    private void Handle(Packet packet)
    {
        switch ((PacketCommand)packet.Command)
        {
            case PacketCommand.Nop:
                return;
            case PacketCommand.RespError:
                Publish(new SendRefused(new RequestRefusedException(packet, events.State)));
                return;
            case PacketCommand.NewUser:
                Add(new RoomUser(packet.P1, Decode(packet.Data.Span)) { IsAway = _leftInEvent is { IsAway: true } left && left.Id == packet.P1 });
                return;
            case PacketCommand.Presence when knowsPresence:
                Mark(packet.P1, isAway: packet.P2 == 1);
                return;
        }

        // Any other packet, or the reply to the probe, ends the roster.
        EndRoster();
        switch ((PacketCommand)packet.Command)
        {
            case PacketCommand.NewMsg:
                Publish(new RoomMessage(Roster.Find(packet.P1) ?? new RoomUser(packet.P1, ""), Decode(packet.Data.Span), IsHistory: _history is not null));
                break;
            case PacketCommand.LoggedMsg:
                Publish(Logged(packet));
                break;
            case PacketCommand.DelUser:
                if (Roster.Remove(packet.P1) is { } user)
                {
                    _leftInEvent = _event is null ? null : user;
                    Publish(new UserLeft(user));
                }

                break;
            case PacketCommand.MemberCount:
                Roster.SetCount(packet.P1);
                break;
            case PacketCommand.DeleteMsg:
                Publish(new MessageDeleted(((long)packet.P2 << 32) | (uint)packet.P1));
                break;
            default:
                Publish(new PacketReceived(packet));
                break;
        }
    }

    private void Publish(ClientEvent clientEvent) => events.Dispatch(_event is { } place ? clientEvent with { Offset = place.Offset, Time = place.Time } : clientEvent);

    /// <summary>
    /// Reads a LOGGED_MSG. In an EVENT, p1 is the sender's id and p2 the length of the nick in <c>nick: text</c>.
    /// If the length does not fit, the message has no sender.
    /// </summary>
    private RoomMessage Logged(Packet packet)
    {
        var data = packet.Data.Span;
        var nick = packet.P2;
        return _event is not null && nick > 0 && nick < data.Length && data[nick..].StartsWith(": "u8)
            ? new RoomMessage(new RoomUser(packet.P1, Decode(data[..nick])), Decode(data[(nick + 2)..]), _inHistory)
            : new RoomMessage(Sender: null, Decode(data), _inHistory);
    }

    private static ConnectionEndedException Violation(string what) => new(DisconnectCauses.Violation(CloseStatus.ProtocolError, what));

    private static string Decode(ReadOnlySpan<byte> data)
    {
        try
        {
            return _utf8.GetString(data);
        }
        catch (DecoderFallbackException)
        {
            throw new ConnectionEndedException(DisconnectCauses.Violation(CloseStatus.InvalidPayloadData, "text that is not UTF-8"));
        }
    }

    private void Add(RoomUser user)
    {
        // A large room sends the client's own user a second time.
        if (user.IsSame(_arriving is null ? Roster.Find(user.Id) : _arriving.GetValueOrDefault(user.Id)))
            return;
        if ((_arriving?.Count ?? Roster.Users.Count) >= maxUsers)
            throw new ConnectionEndedException(DisconnectCauses.Violation(CloseStatus.PolicyViolation, "too many users"));
        if (_arriving is not null)
        {
            _arriving[user.Id] = user;
            return;
        }

        Roster.Add(user);
        // The client's own user has changed its nick.
        if (Roster.Self == user)
            Nick = user.Nick;
        Publish(new UserJoined(user));
    }

    /// <summary>Handles a PRESENCE. Ignores the PRESENCE of the client's own user, who was away only while the client had no connection.</summary>
    private void Mark(int id, bool isAway)
    {
        if (id == OwnId)
            return;
        if (_arriving is not null)
        {
            if (_arriving.TryGetValue(id, out var user))
                _arriving[id] = user with { IsAway = isAway };
            return;
        }

        if (Roster.Mark(id, isAway) is { } marked)
            Publish(isAway ? new UserAway(marked) : new UserReturned(marked));
    }

    private void EndRoster()
    {
        if (_arriving is not { } users)
            return;
        _arriving = null;
        // Searched by the id first: the nick may have changed while there was no connection.
        var self = users.GetValueOrDefault(OwnId) ?? users.Values.FirstOrDefault(user => user.Nick == Nick);
        Nick = self?.Nick ?? Nick;
        Roster.Replace(users, self?.Id ?? 0);
        Entering?.Invoke();
        events.Dispatch(new RoomEntered(Room!, _isReentry));
    }
}
