using System.Net;
using System.Security.Claims;
using TPacket.Protocol;
using TPacket.Server.Commands;
using TPacket.Server.Rooms;
using TPacket.Server.Sessions.Limits;
using TPacket.Server.Sessions.Packets;
using TPacket.Server.Sessions.Resumption;
using TPacket.Server.Sessions.SignIn;
using TPacket.WebSockets;

namespace TPacket.Server.Sessions;

/// <summary>
/// The session of one connection, from the handshake to the end: reads packets, checks the client's trust level and limits,
/// and dispatches one packet at a time. A session ends exactly once, after its last handler or at the handler's deadline.
/// </summary>
internal class Session : WebSocketHandler, IUser
{
    private readonly SessionServices _services;
    private readonly SessionContext _context;
    private CommandRangeSet? _acceptedCommands;
    private HeldPackets? _held;
    private TaskCompletionSource<Task>? _leave;
    private ConnectionPlace _place;
    private ConnectionItems _items;
    private SessionLifetime _lifetime;
    private SignInDeadline _deadline = new();
    private PacketAllowance _allowance;
    private MemberState _membership;
    private PendingCalls _pending = new();
    private UnreadReplay _unreadReplay;
    private AsyncGate _moves;
    private int _unknownSessions;
    private TrustLevel _trustLevel;

    public Session(SessionServices services, in ConnectionPlace place)
    {
        _services = services;
        _place = place;
        _context = new SessionContext(this, services);
    }

    /// <summary>The results of the handshake; null before the end of the handshake, and if there are no results to keep.</summary>
    public HandshakeRecord? Handshake { get; set; }

    /// <summary>The user's id; 0 before <see cref="UserRegistry.AssignIdAsync"/> sets it, once.</summary>
    public int Id { get; set; }

    /// <summary>The user as other members see it; null before sign-in.</summary>
    public RoomMember? Member { get; private set; }

    public string Nick => Member?.Nick ?? "";

    /// <summary>The session by which the user outlives this connection; null for none.</summary>
    public UserSession? UserSession { get; set; }

    /// <summary>The end of the connection; the default value before the end.</summary>
    public ConnectionEnd End { get; private set; }

    /// <summary>Whether the session must not change its user any more: the user has left, or is on another connection.</summary>
    public bool HasEnded => _lifetime.HasEnded;

    /// <summary>The connection as the server counts it. Belongs to <see cref="ISessionOwner"/>.</summary>
    public ref ConnectionPlace Place => ref _place;

    /// <summary>The connection as a member of its room. Belongs to the delivery of the room.</summary>
    public ref MemberState Membership => ref _membership;

    /// <summary>The calls of stores with an unknown outcome.</summary>
    public ref PendingCalls Pending => ref _pending;

    /// <summary>Serializes the user's moves between rooms.</summary>
    public ref AsyncGate Moves => ref _moves;

    public Room? CurrentRoom => _membership.Room;

    public IRoom? Room => CurrentRoom;

    public EndPoint? RemoteEndPoint => Connection.RemoteEndPoint;

    public ClaimsPrincipal? Principal => Handshake?.Principal;

    public ItemCollection Items => _items.Of(this);

    public CommandRangeSet AcceptedCommands => _acceptedCommands ??= new CommandRangeSet();

    public CancellationToken Disconnected => _lifetime.Disconnected();

    public bool Accepts(int command) => _acceptedCommands?.Accepts(command) ?? CommandRange.IsOriginal(command);

    public bool Send(int command, int p1, int p2, ReadOnlySpan<byte> data) =>
        Accepts(command) && (Volatile.Read(ref _held) is { } held ? held.Send(command, p1, p2, data) : SendUnasked(command, p1, p2, data));

    public ValueTask EnterRoomAsync(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Member is null)
            throw new InvalidOperationException("A user without a nick cannot enter a room.");
        RoomName.ThrowIfInvalid(name, _services.Options.MaxRoomNameBytes);
        return _services.Moves.EnterAsync(this, name, uid: null);
    }

    public void Disconnect(string reason)
    {
        if (UserSession is { } session)
            _services.End.End(session, reason);
        Connection.Close(CloseStatus.PolicyViolation, reason);
    }

    /// <summary>Sends a packet. The caller has checked that the client accepts its command.</summary>
    public bool SendPacket(int uid, int command, int p1, int p2, ReadOnlySpan<byte> data)
    {
        Span<byte> header = stackalloc byte[PacketHeader.Size];
        PacketWriter.WriteHeader(header, uid, command, p1, p2, data.Length);
        return Connection.Send(header, data);
    }

    /// <inheritdoc cref="SendPacket"/>
    public bool SendUnasked(int command, int p1, int p2, ReadOnlySpan<byte> data) => SendPacket(PacketHeader.Unasked, command, p1, p2, data);

    /// <summary>Records that the client has received a final answer to a packet: the outcome is known, and the client need not send the packet again.</summary>
    public void OnAnswered(int uid)
    {
        if (uid == _pending.Append?.Uid)
            _pending.Append = null;
    }

    /// <summary>Counts bytes of missed events that are about to be sent, until the client has read them.</summary>
    public void AddUnreadReplay(int bytes)
    {
        _unreadReplay.Add(_services.Replays, bytes);
        // If the connection has ended before, OnClosed has found no bytes, so the bytes are released here.
        if (_lifetime.IsClosed)
            _unreadReplay.Release(_services.Replays);
    }

    /// <summary>Takes one of the client's packets from the limit of a room.</summary>
    /// <returns>False if the packet exceeds the limit.</returns>
    public bool TryTakeOf(Room room, RoomLimit limit) => room.TryTake(limit, ref _allowance);

    /// <summary>Signs the user in: from then on, the session handles packets.</summary>
    public void SignIn(RoomMember member)
    {
        Member = member;
        _trustLevel = TrustLevel.Packets;
        _deadline.Remove();
    }

    /// <summary>
    /// Signs in the user of a user session: from then on, the session handles packets.
    /// The client receives no packet of the application before <see cref="EndResumption"/>.
    /// </summary>
    public void Resume(UserSession session, RoomMember member, CarriedCalls calls)
    {
        // Set first, so that a cleanup that finds a user also finds its session.
        UserSession = session;
        Volatile.Write(ref _held, new HeldPackets(this, _services.Options));
        Id = member.Id;
        Member = member;
        AcceptedCommands.Set(session.Record.AcceptedCommands);
        (_pending.Leave, _pending.Append) = (calls.Leave, calls.Append);
        _trustLevel = TrustLevel.Packets;
        _deadline.Remove();
    }

    /// <summary>Sends the packets of the application that were held back until the client had received the reply to RESUME and the missed events.</summary>
    public void EndResumption()
    {
        _held?.Release();
        Volatile.Write(ref _held, null);
    }

    /// <summary>Handles RESUME. The deadline of the nick is suspended during the call of the store.</summary>
    /// <inheritdoc cref="SessionResumption.ResumeAsync"/>
    public async ValueTask<SessionDecision> ResumeAsync(int uid, ReadOnlyMemory<byte> token, ReadOnlyMemory<byte> nextToken, RoomPosition position, TimeSpan wanted)
    {
        // Each attempt costs a call of the store.
        if (_unknownSessions >= _services.Options.ResumeBurst)
        {
            CloseFor(ProtocolViolation.TooManyUnknownSessions, CloseStatus.PolicyViolation, "too many sessions that are unknown");
            return SessionDecision.Unknown;
        }

        var deadline = _deadline.Remove();
        try
        {
            var decision = await _services.Resumption.ResumeAsync(this, uid, token, nextToken, position, wanted).ConfigureAwait(false);
            if (decision.Code == PacketErrorCode.SessionUnknown)
                _unknownSessions++;
            return decision;
        }
        finally
        {
            if (Member is null)
                _deadline.Restore(deadline);
        }
    }

    /// <summary>Attaches a new user session, which adopts the items of this connection.</summary>
    public void Keep(UserSession session)
    {
        UserSession = session;
        _items.MoveTo(session);
    }

    /// <summary>Marks that another connection has the user or its nick, so that this session does not change the user any more.</summary>
    public void Supersede() => _lifetime.Supersede();

    /// <summary>Sets the task of the user's leave, once.</summary>
    /// <returns>Null if the method has set the task; otherwise the task that was set before.</returns>
    public Task<Task>? TryBeginLeave(TaskCompletionSource<Task> leave) => Interlocked.CompareExchange(ref _leave, leave, null)?.Task;

    /// <summary>Sets the user's new nick.</summary>
    public void Rename(RoomMember renamed) => Member = renamed;

    /// <summary>Ends the handling of the packet of the context. The context calls this after the handler.</summary>
    public void OnHandled()
    {
        if (_lifetime.EndHandling())
            TryEnd();
    }

    protected internal override ValueTask<UpgradeDecision> OnUpgrade(UpgradeRequest request) => _services.Activities.HasListeners
        ? SessionTrace.DecideUpgradeAsync(_services.Activities, _services.Handshake, this, request)
        : _services.Handshake.DecideAsync(request, this);

    protected internal override void OnOpen()
    {
        _trustLevel = TrustLevel.MagicString;
        _deadline.Begin(_services.Heartbeat, _services.Options.MagicStringTimeout);
    }

    protected internal override ValueTask OnMessage(MessageType type, ReadOnlySpan<byte> payload)
    {
        if (type == MessageType.Text)
        {
            CloseFor(ProtocolViolation.TextMessage, CloseStatus.UnsupportedData, "tPacket is binary");
            return default;
        }

        var status = PacketReader.TryReadMessage(payload, out var header, out var data);
        if (status != PacketReadStatus.Done)
        {
            _services.Faults.OnBadPacket(RemoteEndPoint, status);
            if (status == PacketReadStatus.BadSignature)
                Connection.Close(CloseStatus.InvalidPayloadData, "no tPacket signature");
            else
                Connection.Close(CloseStatus.PolicyViolation, "size is not the message's length");
            return default;
        }

        if (_services.PacketLimit is { } limit && _allowance.Take(limit) is var verdict && verdict != PacketVerdict.Accepted)
        {
            RefusePacket(header.Uid, verdict);
            return default;
        }

        switch (TrustRules.Decide(_trustLevel, header, data, _services.MagicString))
        {
            case TrustStep.Trust:
                _trustLevel = TrustLevel.Nick;
                _deadline.Begin(_services.Heartbeat, _services.Options.NickTimeout);
                return default;
            case TrustStep.Reject:
                CloseFor(ProtocolViolation.WrongMagicString, CloseStatus.PolicyViolation, "wrong magic string");
                return default;
            case TrustStep.RequireNick:
                return Handle(header, data, _services.Commands.NickRequired);
            default:
                return Handle(header, data, _services.Commands[header.Command]);
        }
    }

    protected internal override void OnDrained() => _unreadReplay.Release(_services.Replays);

    protected internal override void OnTick(long now)
    {
        if (!_unreadReplay.IsEmpty && !Connection.IsBlocked)
            _unreadReplay.Release(_services.Replays);
        // A connection that is closing already needs no other reason.
        if (!Connection.IsOpen || !_deadline.IsMissed(Connection, now))
            return;
        _deadline.Remove();
        // A slow or suspended client may try again; a client that violated the protocol should not.
        if (_trustLevel == TrustLevel.MagicString)
            CloseFor(ProtocolViolation.NoMagicString, CloseStatus.TryAgainLater, "no magic string in time");
        else
            CloseFor(ProtocolViolation.NoNick, CloseStatus.TryAgainLater, "no nick in time");
    }

    protected internal override void OnFailed(Exception error)
    {
        if (_trustLevel == TrustLevel.Handshake)
            _services.Faults.OnPolicyFailed(RemoteEndPoint, error);
        else
            _services.Faults.OnConnectionFailed(RemoteEndPoint, error);
    }

    protected internal override void OnClosed(ConnectionEnd end)
    {
        End = end;
        var mustEnd = _lifetime.Close(_services.Faults);
        _unreadReplay.Release(_services.Replays);
        _services.Owner.OnConnectionEnded(this);
        if (mustEnd)
            TryEnd();
        else
            _ = EndInTimeAsync();
    }

    private ValueTask Handle(in PacketHeader header, ReadOnlySpan<byte> data, CommandRoute route)
    {
        if (!_lifetime.TryBeginHandling())
            return default;
        _context.Begin(header, data);
        return _services.Dispatcher.DispatchAsync(_context, route);
    }

    private bool TryEnd()
    {
        if (!_lifetime.TryEnd())
            return false;
        _services.Cleanup.Begin(this);
        return true;
    }

    /// <summary>Ends the session when its handler has ended, or at the handler's deadline.</summary>
    private async Task EndInTimeAsync()
    {
        await Task.Delay(_services.Options.HandlerTimeout, _services.TimeProvider, _lifetime.WhenEnded()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var command = _context.Command;
        if (TryEnd())
            _services.Faults.OnHandlerAbandoned(command, _services.Options.HandlerTimeout);
    }

    /// <summary>
    /// Refuses a packet beyond the limit with RESP_ERROR: no filter or handler receives the packet, and it is not logged.
    /// Closes the connection if the client has exceeded the limit for too long.
    /// </summary>
    private void RefusePacket(int uid, PacketVerdict verdict)
    {
        _services.Faults.OnRateLimited();
        if (verdict == PacketVerdict.RefusedForTooLong)
            CloseFor(ProtocolViolation.TooManyPackets, CloseStatus.PolicyViolation, "too many packets for too long");
        else
            SendPacket(uid, (int)PacketCommand.RespError, (int)PacketErrorCode.RateLimited, 0, "Too many packets; wait a little."u8);
    }

    private void CloseFor(ProtocolViolation violation, CloseStatus status, string reason)
    {
        _services.Faults.OnViolation(RemoteEndPoint, violation);
        Connection.Close(status, reason);
    }
}
