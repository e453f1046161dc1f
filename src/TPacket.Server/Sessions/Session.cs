using System.Diagnostics;
using System.Net;
using System.Security.Claims;
using System.Text;
using TPacket.Protocol;
using TPacket.Server.Commands;
using TPacket.Server.Hosting;
using TPacket.Server.Rooms;
using TPacket.WebSockets;

namespace TPacket.Server.Sessions;

/// <summary>
/// A client from its handshake to its end: its trust level, its packets one at a time, its nick and room. It is torn down exactly once, after the last of its handlers.
/// </summary>
internal class Session : WebSocketHandler, IUser
{
    // What goes on; the last one out tears down.
    private const int Handling = 1;
    private const int Closed = 2;
    private const int TornDown = 4;
    private const int Superseded = 8;

    private readonly SessionHost _host;
    private readonly SessionContext _context;
    private CommandRangeSet? _acceptedCommands;
    private ItemCollection? _items;
    private DisconnectSignal _disconnected;
    private TrustLevel _trustLevel;
    private int _activity;
    private PacketAllowance _allowance;
    private long _deadline = long.MaxValue;
    private ConnectionPlace _place;
    private MoveGate _moves;
    private CancellationTokenSource? _tornDown;
    private int _replayBytes;
    private HeldPackets? _returning;
    private SessionLeave _leave;

    public Session(SessionHost host, in ConnectionPlace place)
    {
        _host = host;
        _place = place;
        _context = new SessionContext(this, host);
    }

    /// <summary>The link from the activities of commands to that of the handshake; null where that was not recorded.</summary>
    public ActivityLink[]? HandshakeLink { get; set; }

    /// <summary>The connection as the server counts it. Belongs to <see cref="ConnectionLimits"/>.</summary>
    public ref ConnectionPlace Place => ref _place;

    /// <summary>Set once, by <see cref="UserRegistry.AssignIdAsync"/>.</summary>
    public int Id { get; set; }

    /// <summary>How others in a room see the user; null before it is signed in.</summary>
    public RoomMember? Member { get; private set; }

    public string Nick => Member?.Nick ?? "";

    /// <summary>Where the user is. Written by that room's delivery only.</summary>
    public Room? CurrentRoom { get; set; }

    /// <summary>Where the user stands among the room's members. Belongs to <see cref="RoomMembers"/>.</summary>
    public int RoomSlot { get; set; }

    /// <summary>Completes when the logs of the rooms that the user has left have it no more.</summary>
    public Task Departure
    {
        get;
        set => field = field.IsCompleted ? value : Task.WhenAll(field, value);
    } = Task.CompletedTask;

    /// <summary>Completes when it is known whether the nick that was asked for last is the user's.</summary>
    public Task Rename { get; set; } = Task.CompletedTask;

    /// <summary>Completes when the store has ended what a SESSION may have added whose outcome is unknown; null where there was none.</summary>
    public Task? SessionCleanUp { get; set; }

    /// <summary>How many sessions that the store does not know the client has asked for.</summary>
    public int UnknownSessions { get; set; }

    /// <summary>Whether the user has left for good, or is on another connection.</summary>
    public bool IsTornDown => (Volatile.Read(ref _activity) & (TornDown | Superseded)) != 0;

    /// <summary>The session by which the user outlives this connection; null for none.</summary>
    public UserSession? UserSession { get; set; }

    /// <summary>The command of the packet that is being handled.</summary>
    public int HandledCommand => _context.Command;

    /// <summary>Whether the user, when it entered its room, has asked to be told how many there are instead of who. Belongs to <see cref="RoomDelivery"/>.</summary>
    public bool CountsPresence { get; set; }

    /// <summary>Whether the user, when it entered its room, accepted EVENT. Belongs to <see cref="RoomDelivery"/>.</summary>
    public bool FollowsLog { get; set; }

    /// <summary>Whether the user, when it entered its room, accepted PRESENCE. Belongs to <see cref="RoomDelivery"/>.</summary>
    public bool IsAware { get; set; }

    /// <summary>Whether the user has seen the state of the room's rules, so that it can be sent what changes. Belongs to <see cref="RoomDelivery"/>.</summary>
    public bool HasView { get; set; }

    /// <summary>Which of the packets about presence the user receives.</summary>
    public PresenceAudience Audience =>
        (CountsPresence ? PresenceAudience.Counting : 0) | (FollowsLog ? PresenceAudience.Following : 0) | (IsAware ? PresenceAudience.Aware : 0);

    /// <summary>How many events a user that follows the log has not received because of their commands, since it last received a position alone. Belongs to <see cref="RoomBroadcast"/>.</summary>
    public int SkippedEvents { get; set; }

    /// <summary>The uid of the packet of which it is unknown whether it was appended; 0 for none. Until the client has got another answer for it, nothing else is appended for the client.</summary>
    public int UnknownUid { get; private set; }

    /// <summary>The name of the room that the packet of unknown outcome was for.</summary>
    public string? UnknownRoom { get; private set; }

    /// <summary>Presence that waits is sent to the user only if its event is behind this offset. Belongs to <see cref="RoomDelivery"/>.</summary>
    public long PresenceOffset { get; set; }

    /// <summary>Lets one move between rooms happen at a time.</summary>
    public ref MoveGate Moves => ref _moves;

    public IRoom? Room => CurrentRoom;

    public EndPoint? RemoteEndPoint => Connection.RemoteEndPoint;

    public virtual ClaimsPrincipal? Principal => null;

    /// <summary>The hash of the principal's name; null for a client without an authenticated principal that has one.</summary>
    public virtual SecretHash? HashedPrincipal => null;

    public ItemCollection Items
    {
        get
        {
            if (UserSession is { } kept)
                return kept.Items;
            var own = Volatile.Read(ref _items) ?? Interlocked.CompareExchange(ref _items, new ItemCollection(), null) ?? _items;
            Interlocked.MemoryBarrier();
            // A session that has begun meanwhile has not seen them.
            return UserSession?.AdoptItems(own) ?? own;
        }
    }

    /// <summary>The connection's end, once it has come.</summary>
    public ConnectionEnd End { get; private set; }

    public CommandRangeSet AcceptedCommands => _acceptedCommands ??= new CommandRangeSet();

    public CancellationToken Disconnected => _disconnected.TokenFor(ref _activity, Closed);

    public bool Accepts(int command) => _acceptedCommands?.Accepts(command) ?? CommandRange.IsOriginal(command);

    public bool Send(int command, int p1, int p2, ReadOnlySpan<byte> data) =>
        Accepts(command) && (Volatile.Read(ref _returning) is { } returning ? returning.Send(command, p1, p2, data) : SendUnasked(command, p1, p2, data));

    public ValueTask EnterRoomAsync(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Member is null)
            throw new InvalidOperationException("A user without a nick cannot enter a room.");
        if (Encoding.UTF8.GetByteCount(name) > _host.Options.MaxRoomNameBytes || !RoomName.IsValid(name))
            throw new ArgumentException($"A room's name shows something, has no control characters and is at most {_host.Options.MaxRoomNameBytes} bytes of UTF-8.", nameof(name));
        return _host.EnterRoomAsync(this, name, uid: null);
    }

    public void Disconnect(string reason)
    {
        if (UserSession is { } session)
            _host.EndSession(session, reason);
        Connection.Close(CloseStatus.PolicyViolation, reason);
    }

    /// <summary>Sends a packet; that the client may get its command was checked.</summary>
    public bool SendPacket(int uid, int command, int p1, int p2, ReadOnlySpan<byte> data)
    {
        Span<byte> header = stackalloc byte[PacketHeader.Size];
        PacketWriter.WriteHeader(header, uid, command, p1, p2, data.Length);
        return Connection.Send(header, data);
    }

    /// <summary>Sends a packet unasked; that the client may get its command was checked.</summary>
    public bool SendUnasked(int command, int p1, int p2, ReadOnlySpan<byte> data) => SendPacket(PacketHeader.Unasked, command, p1, p2, data);

    /// <summary>It is unknown whether the packet that is handled was appended to a room's log.</summary>
    public void OnOutcomeUnknown(int uid, Room room) => (UnknownUid, UnknownRoom) = (uid, room.Name);

    /// <summary>A packet gets an answer that is final: neither that its outcome is unknown, nor that it may come again later.</summary>
    public void OnAnswered(int uid)
    {
        if (uid == UnknownUid)
            (UnknownUid, UnknownRoom) = (0, null);
    }

    /// <summary>Bytes of what the user has missed are about to be sent. They count until the client has read them.</summary>
    public void OweReplay(int bytes)
    {
        _host.Replays.Hold(bytes);
        Interlocked.Add(ref _replayBytes, bytes);
        // An end that came before has found nothing to pay.
        if ((Volatile.Read(ref _activity) & Closed) != 0)
            PayReplay();
    }

    /// <summary>Takes a packet of this client from what a room may handle.</summary>
    public bool TryTakeOf(Room room, RoomLimit limit) => room.TryTake(limit, ref _allowance);

    /// <summary>The nick is the user's: packets are handled from here on.</summary>
    public void SignIn(RoomMember member)
    {
        Member = member;
        _trustLevel = TrustLevel.Packets;
        Volatile.Write(ref _deadline, long.MaxValue);
        _host.OnSignedIn(this);
    }

    /// <summary>The user of a session is back on this connection: packets are handled from here on. The client receives nothing of the application before <see cref="EndReturn"/>.</summary>
    public void Resume(UserSession session, RoomMember member, Unsettled unsettled)
    {
        // First: a tear-down that finds a user finds its session.
        UserSession = session;
        Volatile.Write(ref _returning, new HeldPackets(this, _host.Options));
        Id = member.Id;
        Member = member;
        AcceptedCommands.Set(session.Record.AcceptedCommands);
        (Departure, UnknownUid, UnknownRoom) = (unsettled.Departure, unsettled.Uid, unsettled.Room);
        _trustLevel = TrustLevel.Packets;
        Volatile.Write(ref _deadline, long.MaxValue);
        _host.OnResumed(this);
    }

    /// <summary>The client has been sent the reply to RESUME and what it has missed.</summary>
    public void EndReturn()
    {
        _returning?.Release();
        Volatile.Write(ref _returning, null);
    }

    /// <summary>The user has a session from now on, which goes on with what the connection has.</summary>
    public void Keep(UserSession session)
    {
        UserSession = session;
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _items) is { } items)
            session.AdoptItems(items);
    }

    /// <summary>While a session is being resumed, no nick is waited for.</summary>
    /// <returns>The deadline for <see cref="RestoreDeadline"/>.</returns>
    public long LiftDeadline() => Interlocked.Exchange(ref _deadline, long.MaxValue);

    /// <summary>A nick is waited for again, as long as before.</summary>
    public void RestoreDeadline(long deadline) => Volatile.Write(ref _deadline, deadline);

    /// <summary>Another connection has the user, or takes its nick: this one changes nothing any more.</summary>
    public void Supersede() => Interlocked.Or(ref _activity, Superseded);

    /// <summary>The user's principal has signed in anew under its nick: this connection changes nothing any more, and is closed. A move or a SESSION that goes on is waited for.</summary>
    public async ValueTask SupersedeAsync()
    {
        while (!Moves.TryEnter())
            await Moves.WaitAsync().ConfigureAwait(false);
        Supersede();
        Moves.Exit();
        Connection.Close(SessionHandover.ResumedElsewhere, "signed in elsewhere");
    }

    /// <summary>Has the user leave its room and frees its nick, once. The connection need not have ended.</summary>
    /// <returns>Completes when the nick is free, with what completes when the log of the room has the leave.</returns>
    public Task<Task> LeaveAsync() => _leave.BeginAsync(_host, this);

    /// <summary>The user is known by another nick.</summary>
    public void TakeNick(RoomMember renamed) => Member = renamed;

    protected override ValueTask<UpgradeDecision> OnUpgrade(UpgradeRequest request) =>
        _host.Activities.HasListeners ? SessionTrace.DecideUpgradeAsync(_host, this, request) : _host.DecideUpgradeAsync(request, RemoteEndPoint);

    protected override void OnOpen()
    {
        _trustLevel = TrustLevel.MagicString;
        SetDeadline(_host.Options.MagicStringTimeout);
    }

    protected override ValueTask OnMessage(MessageType type, ReadOnlySpan<byte> payload)
    {
        if (type == MessageType.Text)
        {
            _host.OnOffence(this, Offence.TextMessage, CloseStatus.UnsupportedData, "tPacket is binary");
            return default;
        }

        var status = PacketReader.TryReadMessage(payload, out var header, out var data);
        if (status != PacketReadStatus.Done)
        {
            _host.OnBadPacket(this, status);
            return default;
        }

        if (_host.PacketLimit is { } limit && _allowance.Judge(limit) is var verdict && verdict != PacketVerdict.Accepted)
        {
            _host.OnRateLimited(this, header.Uid, verdict);
            return default;
        }

        switch (Engagement.Judge(_trustLevel, header, data, _host.MagicString))
        {
            case Engagement.Step.Trust:
                _trustLevel = TrustLevel.Nick;
                SetDeadline(_host.Options.NickTimeout);
                return default;
            case Engagement.Step.Reject:
                _host.OnOffence(this, Offence.WrongMagicString, CloseStatus.PolicyViolation, "wrong magic string");
                return default;
            case Engagement.Step.DemandNick:
                return Handle(header, data, _host.NickRequired);
            default:
                return Handle(header, data, _host.RouteOf(header.Command));
        }
    }

    protected override void OnDrained() => PayReplay();

    protected override void OnTick(long now)
    {
        if (Volatile.Read(ref _replayBytes) > 0 && !Connection.IsBlocked)
            PayReplay();
        // Who is being let go already is not let go for this.
        if (!Connection.IsOpen || !Connection.HasMissed(Volatile.Read(ref _deadline), now))
            return;
        Volatile.Write(ref _deadline, long.MaxValue);
        // A client that was slow or suspended may come back, unlike one that has said something wrong.
        if (_trustLevel == TrustLevel.MagicString)
            _host.OnOffence(this, Offence.NoMagicString, CloseStatus.TryAgainLater, "no magic string in time");
        else
            _host.OnOffence(this, Offence.NoNick, CloseStatus.TryAgainLater, "no nick in time");
    }

    protected override void OnFailed(Exception error)
    {
        if (_trustLevel == TrustLevel.Handshake)
            _host.OnPolicyFailed(RemoteEndPoint, error);
        else
            _host.OnConnectionFailed(RemoteEndPoint, error);
    }

    protected override void OnClosed(ConnectionEnd end)
    {
        End = end;
        var before = Interlocked.Or(ref _activity, Closed);
        _disconnected.Cancel(_host);
        PayReplay();
        _host.OnConnectionEnded(this);
        if ((before & Handling) == 0)
            TearDown();
        else
            _host.TearDownInTime(this);
    }

    /// <summary>Has the user leave, once.</summary>
    /// <returns>False when it has left already.</returns>
    public bool TearDown()
    {
        if ((Interlocked.Or(ref _activity, TornDown) & TornDown) != 0)
            return false;
        Volatile.Read(ref _tornDown)?.Cancel();
        _host.TearDown(this);
        return true;
    }

    /// <summary>Cancelled when the user has left. For the one who waits for a handler to end.</summary>
    public CancellationToken WhenTornDown()
    {
        var source = new CancellationTokenSource();
        Interlocked.Exchange(ref _tornDown, source);
        // A handler that has ended meanwhile has found no source to cancel.
        if ((Volatile.Read(ref _activity) & TornDown) != 0)
            source.Cancel();
        return source.Token;
    }

    private ValueTask Handle(in PacketHeader header, ReadOnlySpan<byte> data, CommandRoute route)
    {
        if ((Interlocked.Or(ref _activity, Handling) & Closed) != 0)
            return default;
        _context.Begin(header, data);
        return _host.Activities.HasListeners ? SessionTrace.Handle(_host, this, _context, route) : Handle(route);
    }

    /// <summary>Sends the packet that has begun its way, and answers it where that fails.</summary>
    public ValueTask Handle(CommandRoute route)
    {
        ValueTask handling;
        try
        {
            handling = _host.HandleAsync(this, _context, route);
        }
        catch (Exception e)
        {
            _host.OnHandlerFailed(_context, e);
            handling = default;
        }

        if (!handling.IsCompletedSuccessfully || _context.HasScope)
            return HandleSlow(handling);
        EndHandling();
        return default;
    }

    private async ValueTask HandleSlow(ValueTask handling)
    {
        try
        {
            await handling.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _host.OnHandlerFailed(_context, e);
        }

        try
        {
            await _context.EndScopeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _host.OnScopeFailed(_context, e);
        }

        EndHandling();
    }

    private void EndHandling()
    {
        _context.End();
        if ((Interlocked.And(ref _activity, ~Handling) & Closed) != 0)
            TearDown();
    }

    private void PayReplay() => _host.Replays.Return(Interlocked.Exchange(ref _replayBytes, 0));

    private void SetDeadline(TimeSpan timeout) => Volatile.Write(ref _deadline, _host.Heartbeat.PreciseNow + (long)timeout.TotalMilliseconds);
}
