using System.Collections.Concurrent;
using System.Security.Claims;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server.Diagnostics;
using TPacket.Server.Hosting;
using TPacket.Server.Rooms;
using TPacket.WebSockets;
using TPacket.WebSockets.RateLimiting;

namespace TPacket.Server.Sessions;

/// <summary>The sessions of users that outlive their connections: begins, resumes and ends them.</summary>
internal sealed class UserSessions : IDisposable
{
    /// <summary>The status by which a connection hears that another has its user now (docs/protocol.md, Sessions).</summary>
    public const CloseStatus ResumedElsewhere = (CloseStatus)4001;

    private const long OverloadPeriod = 60_000;

    private readonly ConcurrentDictionary<long, UserSession> _sessions = new();
    private readonly TPacketServerOptions _options;
    private readonly ISessionStore _store;
    private readonly StoreDeadline _storeDeadline;
    private readonly RoomRegistry _rooms;
    private readonly UserRegistry _users;
    private readonly INickPolicy _nicks;
    private readonly ReplayBudget _budget;
    private readonly Heartbeat _heartbeat;
    private readonly TimeProvider _timeProvider;
    private readonly ServerMetrics _metrics;
    private readonly ILogger<UserSessions> _logger;
    private readonly AddressLimiter _addresses;
    private readonly RateLimit _resumes;
    private readonly GraceTimer _graces;
    private int _count;
    private int _awayCount;

    public UserSessions(
        ISessionStore store,
        StoreDeadline storeDeadline,
        RoomRegistry rooms,
        UserRegistry users,
        INickPolicy nicks,
        ReplayBudget budget,
        Heartbeat heartbeat,
        TimeProvider timeProvider,
        ServerMetrics metrics,
        IOptions<TPacketServerOptions> options,
        ILogger<UserSessions> logger)
    {
        _options = options.Value;
        _store = store;
        _storeDeadline = storeDeadline;
        _rooms = rooms;
        _users = users;
        _nicks = nicks;
        _budget = budget;
        _heartbeat = heartbeat;
        _timeProvider = timeProvider;
        _metrics = metrics;
        _logger = logger;
        _addresses = new AddressLimiter(_options.MaxConnectionsPerAddress);
        _resumes = RateLimit.Create(1, _options.ResumeBurst, timeProvider.TimestampFrequency);
        _graces = new GraceTimer(heartbeat, timeProvider, this);
    }

    /// <summary>How many users are away.</summary>
    public int AwayCount => Volatile.Read(ref _awayCount);

    public void Dispose() => _graces.Dispose();

    /// <summary>Has the users of sessions that the store has kept be away, as long as their grace lasts. Called before the first client comes.</summary>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public async Task StartAsync()
    {
        foreach (var left in await _storeDeadline.CallAsync(() => _store.TakeOverAsync()).ConfigureAwait(false))
            await TakeOverAsync(left).ConfigureAwait(false);
    }

    /// <summary>Gives a user a session.</summary>
    /// <param name="connection">The user's connection.</param>
    /// <param name="token">The token, in the clear.</param>
    /// <param name="wanted">The grace that the client wants; zero for the server's default.</param>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time; the user has no session.</exception>
    public async ValueTask<SessionDecision> BeginAsync(Session connection, ReadOnlyMemory<byte> token, TimeSpan wanted)
    {
        // The record names the room: no move may go on meanwhile.
        while (!connection.Moves.TryEnter())
            await connection.Moves.WaitAsync().ConfigureAwait(false);
        try
        {
            // One that was given up on has left already, and nobody would end its session.
            if (connection.IsTornDown)
                return SessionDecision.Refuse(PacketErrorCode.Refused, "The connection is gone.");
            var (hash, grace) = (SecretHash.Of(token.Span), GraceFor(wanted));
            return connection.UserSession is { } existing
                ? await ExtendAsync(existing, hash, grace).ConfigureAwait(false)
                : await AddAsync(connection, hash, grace).ConfigureAwait(false);
        }
        finally
        {
            connection.Moves.Exit();
        }
    }

    /// <summary>
    /// Has a user come back: its last connection loses it, and this one gets it with its id, nick, accepted commands and room. The reply, and what the user has missed, are sent before the task completes.
    /// </summary>
    /// <param name="connection">The new connection.</param>
    /// <param name="uid">The uid of the request.</param>
    /// <param name="token">The token that it knows the session by, in the clear.</param>
    /// <param name="nextToken">The token that it will know the session by.</param>
    /// <param name="position">Behind the last event that the client has.</param>
    /// <param name="wanted">The grace that the client wants; zero for the same as before.</param>
    /// <exception cref="RoomStoreException">The store of sessions failed or did not answer in time.</exception>
    public async ValueTask<SessionDecision> ResumeAsync(
        Session connection, int uid, ReadOnlyMemory<byte> token, ReadOnlyMemory<byte> nextToken, RoomPosition position, TimeSpan wanted)
    {
        if (!TryIdentify(connection.Principal, out var principal))
            return Count("Unknown", Unknown);
        var claim = new SessionClaim(SecretHash.Of(token.Span), SecretHash.Of(nextToken.Span), principal, wanted == TimeSpan.Zero ? null : GraceFor(wanted));
        var resumed = await _storeDeadline.CallAsync(() => _store.ResumeAsync(claim)).ConfigureAwait(false);
        if (resumed is null)
            return Count("Unknown", Unknown);
        if (!_sessions.TryGetValue(resumed.Number, out var session))
            return Bury(resumed);
        await session.EnterAsync().ConfigureAwait(false);
        try
        {
            return await TakeAsync(session, resumed, connection, uid, position).ConfigureAwait(false);
        }
        finally
        {
            session.Exit();
        }
    }

    /// <summary>Who may resume a session: the hash of a principal's name.</summary>
    /// <param name="principal">The client's principal, where it came through an HTTP server.</param>
    /// <param name="hash">Null for a client without an authenticated principal.</param>
    /// <returns>False when the principal has no name, so that it cannot be told from others.</returns>
    public static bool TryIdentify(ClaimsPrincipal? principal, out SecretHash? hash)
    {
        hash = null;
        if (principal?.Identity is not { IsAuthenticated: true } identity)
            return true;
        var name = principal.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? principal.FindFirst("sub")?.Value ?? identity.Name;
        if (string.IsNullOrEmpty(name))
            return false;
        hash = SecretHash.Of(Encoding.UTF8.GetBytes(name));
        return true;
    }

    /// <summary>The connection of a user with a session has ended.</summary>
    /// <returns>False when the session has ended with it: the user leaves. True when the user is away, or on another connection.</returns>
    public async ValueTask<bool> TryKeepAsync(Session connection)
    {
        var session = connection.UserSession!;
        var announcement = Task.CompletedTask;
        await session.EnterAsync().ConfigureAwait(false);
        try
        {
            if (session.Connection != connection)
                return true;
            if (session.IsEnding || IsFinal(connection))
            {
                session.Connection = null;
                _ = EndRecordAsync(session.Record);
                Forget(session);
                if (session.HeldRoom is { } held)
                    connection.Departure = _rooms.Departures.LeaveAsync(held, connection.Member!, LeaveCause.Disconnected, isReturning: true);
                return false;
            }

            var away = await BecomeAwayAsync(session, connection).ConfigureAwait(false);
            announcement = away.Announcement;
        }
        finally
        {
            session.Exit();
        }

        await announcement.ConfigureAwait(false);
        return true;
    }

    /// <summary>Ends a session for the host: a user with a connection is disconnected, one that is away leaves.</summary>
    public void End(UserSession session, string reason)
    {
        session.IsEnding = true;
        _ = EndAsync(session, reason);
    }

    /// <summary>The grace of a session may be over.</summary>
    public void Expire(long number)
    {
        if (_sessions.TryGetValue(number, out var session))
            _ = ExpireAsync(session);
    }

    private static SessionDecision Unknown => SessionDecision.Refuse(PacketErrorCode.SessionUnknown, "There is no such session.");

    /// <summary>Whether a connection has ended in a way that ends the session too.</summary>
    private static bool IsFinal(Session connection) => connection.End switch
    {
        { Cause: EndCause.ClosedByPeer, Status: CloseStatus.NormalClosure } => true,
        { Cause: EndCause.ClosedHere or EndCause.Violation, Status: CloseStatus.ProtocolError or CloseStatus.UnsupportedData or CloseStatus.InvalidPayloadData or CloseStatus.PolicyViolation or CloseStatus.MessageTooBig } => true,
        _ => false,
    };

    private TimeSpan GraceFor(TimeSpan wanted)
    {
        var grace = wanted == TimeSpan.Zero ? _options.SessionGrace : wanted;
        return grace < _options.MaxSessionGrace ? grace : _options.MaxSessionGrace;
    }

    private static async ValueTask<SessionDecision> ExtendAsync(UserSession existing, SecretHash token, TimeSpan grace)
    {
        if (existing.Record.Token != token && existing.Record.NextToken != token)
            return SessionDecision.Refuse(PacketErrorCode.Refused, "You have a session already.");
        return await existing.UpdateAsync(record => record with { Grace = grace }).ConfigureAwait(false) ? SessionDecision.Accept(grace) : Unknown;
    }

    private async ValueTask<SessionDecision> AddAsync(Session connection, SecretHash token, TimeSpan grace)
    {
        if (!TryIdentify(connection.Principal, out var principal))
            return SessionDecision.Refuse(PacketErrorCode.Refused, "Your principal has no name.");
        var address = connection.IsAddressCounted ? AddressLimiter.Key(connection.RemoteEndPoint) : null;
        if (!TryCount(address))
            return SessionDecision.Refuse(PacketErrorCode.Refused, "There are too many sessions.");
        var member = connection.Member!;
        var record = new SessionRecord
        {
            Number = member.Session,
            UserId = member.Id,
            Nick = member.Nick,
            Token = token,
            Principal = principal,
            Generation = member.Generation,
            Grace = grace,
            Room = connection.CurrentRoom?.Name,
            AcceptedCommands = connection.AcceptedCommands.Ranges,
        };
        var isAdded = false;
        try
        {
            isAdded = await _storeDeadline.CallAsync(() => _store.AddAsync(record)).ConfigureAwait(false);
        }
        catch (RoomStoreException e)
        {
            // It may be added later, when nobody serves it.
            if (e.IsOutcomeUnknown)
                _ = EndRecordAsync(record);
            throw;
        }
        finally
        {
            if (!isAdded)
                Uncount(address);
        }

        if (!isAdded)
            return SessionDecision.Refuse(PacketErrorCode.InvalidArgument, "Another session has this token.");
        var session = new UserSession(record, _store, _storeDeadline) { Connection = connection, Address = address };
        _sessions[record.Number] = session;
        connection.UserSession = session;
        if (!connection.IsTornDown)
            return SessionDecision.Accept(grace);
        // The user has left meanwhile, without its session.
        connection.UserSession = null;
        Forget(session);
        _ = EndRecordAsync(record);
        return SessionDecision.Refuse(PacketErrorCode.Refused, "The connection is gone.");
    }

    private async ValueTask<SessionDecision> TakeAsync(UserSession session, SessionRecord resumed, Session connection, int uid, RoomPosition position)
    {
        // A connection that was given up on cannot have a user: nobody would notice its end.
        if (connection.IsTornDown)
            return SessionDecision.Postpone(Soon());
        if (session.HasEnded)
            return Bury(resumed);
        if (resumed.Generation <= session.Record.Generation)
        {
            // A later one was faster.
            connection.Connection.Close(ResumedElsewhere, "resumed on another connection");
            return SessionDecision.Accept(resumed.Grace);
        }

        await session.OnResumedAsync(resumed).ConfigureAwait(false);
        if (session.IsEnding)
            return Count("Unknown", Unknown);
        // Which nick is the user's has to be known before others are told of it.
        if (!session.TryTakeResume(_resumes, _timeProvider.GetTimestamp())
            || !await IsSettledAsync(session.Connection?.Rename ?? session.Away!.Rename).ConfigureAwait(false)
            || !await _budget.TryEnterAsync().ConfigureAwait(false))
            return await PostponeAsync(session).ConfigureAwait(false);

        try
        {
            await GiveAsync(session, connection, uid, position).ConfigureAwait(false);
            return SessionDecision.Accept(resumed.Grace);
        }
        finally
        {
            _budget.Exit();
        }
    }

    /// <summary>The user has to come again. The store has it as here; it is still away.</summary>
    private async ValueTask<SessionDecision> PostponeAsync(UserSession session)
    {
        if (session.Away is not null)
            await session.TryUpdateAsync(static record => record with { IsAway = true }).ConfigureAwait(false);
        return Count("TryLater", SessionDecision.Postpone(Soon()));
    }

    private async ValueTask GiveAsync(UserSession session, Session connection, int uid, RoomPosition position)
    {
        var (member, unsettled) = session.Connection is null ? TakeFromAway(session) : await TakeFromConnectionAsync(session).ConfigureAwait(false);
        // Nobody knows the connection as the user's yet, and the host moves the user only when it is where it was.
        connection.Moves.TryEnter();
        try
        {
            session.Connection = connection;
            connection.Resume(session, member.AsReturned(session.Record.Generation), unsettled);
            SessionLog.Resumed(_logger, connection.Member!, connection.RemoteEndPoint);
            await EnterAgainAsync(session, connection, uid, NeedsSnapshot(session, connection) ? null : position).ConfigureAwait(false);
        }
        finally
        {
            connection.Moves.Exit();
        }

        // One that was given up on meanwhile is not torn down again.
        if (connection.IsTornDown)
            await BecomeAwayAsync(session, connection).ConfigureAwait(false);
    }

    /// <summary>Whether what was missed would not do: it was too much before, or the client has asked since it entered to be told who is away.</summary>
    private static bool NeedsSnapshot(UserSession session, Session connection) =>
        session.WantsSnapshot || (!session.WasAware && connection.Accepts((int)PacketCommand.Presence));

    /// <summary>The store has resumed a session that is over here: it is over there, too.</summary>
    private SessionDecision Bury(SessionRecord resumed)
    {
        _ = EndRecordAsync(resumed);
        return Count("Unknown", Unknown);
    }

    private (RoomMember Member, Unsettled Unsettled) TakeFromAway(UserSession session)
    {
        var away = session.Away!;
        _graces.Remove(away.Until, session.Record.Number);
        Interlocked.Decrement(ref _awayCount);
        _metrics.UserReturned();
        session.HeldRoom = away.HeldRoom;
        session.Away = null;
        return (away.Member, away.Unsettled);
    }

    /// <summary>Takes the user from a connection that may look alive: it is closed, and not waited for.</summary>
    private static async ValueTask<(RoomMember Member, Unsettled Unsettled)> TakeFromConnectionAsync(UserSession session)
    {
        var old = session.Connection!;
        while (!old.Moves.TryEnter())
            await old.Moves.WaitAsync().ConfigureAwait(false);
        old.Supersede();
        // Before it is removed: what it sends now gets no answer that would be final.
        old.Connection.Close(ResumedElsewhere, "resumed on another connection");
        if (old.CurrentRoom is { } room && room.TryRemove(old))
            (session.HeldRoom, session.WasAware) = (room, old.IsAware);
        old.Moves.Exit();
        return (old.Member!, Unsettled.Of(old));
    }

    /// <summary>Has a user that is back receive what it has missed of its room.</summary>
    private async ValueTask EnterAgainAsync(UserSession session, Session connection, int uid, RoomPosition? position)
    {
        try
        {
            if (await TryEnterAgainAsync(session, connection, uid, position).ConfigureAwait(false))
            {
                session.WantsSnapshot = false;
                return;
            }
        }
        catch (Exception e)
        {
            // The client comes back once more; nothing was sent.
            SessionLog.ReturnFailed(_logger, e);
            _metrics.Resumed("Failed");
            connection.Connection.Close(CloseStatus.TryAgainLater, "the room's store has not answered");
            return;
        }

        _metrics.Resumed("NoRoom");
        connection.SendPacket(uid, (int)PacketCommand.Resume, 2, connection.Id, []);
    }

    private async ValueTask<bool> TryEnterAgainAsync(UserSession session, Session connection, int uid, RoomPosition? position)
    {
        if ((session.HeldRoom?.Name ?? session.Record.Room) is not { } name)
            return false;
        if (session.HeldRoom is not { } room || !room.TryHold())
            session.HeldRoom = room = await _rooms.HoldAsync(name).ConfigureAwait(false);
        else
            room.Release();
        var isHere = await room.ReturnAsync(connection, uid, position).ConfigureAwait(false);
        session.HeldRoom = null;
        if (!isHere)
            room.Release();
        // A change of the record that the store did not answer is made up for.
        await session.TryUpdateAsync(record => record with { Room = isHere ? name : null }).ConfigureAwait(false);
        return isHere;
    }

    private async ValueTask<AwayUser> BecomeAwayAsync(UserSession session, Session connection)
    {
        while (!connection.Moves.TryEnter())
            await connection.Moves.WaitAsync().ConfigureAwait(false);
        var here = connection.CurrentRoom;
        var isHere = here?.TryRemove(connection) == true;
        var room = isHere ? here : session.HeldRoom;
        connection.Moves.Exit();
        if (isHere)
            session.WasAware = connection.IsAware;
        if (isHere && session.HeldRoom is { } other && other != room)
            connection.Departure = _rooms.Departures.LeaveAsync(other, connection.Member!, LeaveCause.Moved, isReturning: true);

        var now = _heartbeat.PreciseNow;
        if (connection.End is { Cause: EndCause.SlowConsumer })
        {
            session.WantsSnapshot = session.OverloadedAt is { } before && now - before < OverloadPeriod;
            session.OverloadedAt = now;
        }

        var until = now + (long)(room?.SessionGrace ?? session.Record.Grace).TotalMilliseconds;
        var away = new AwayUser(session, connection.Member!, room, until, this) { Unsettled = Unsettled.Of(connection), Rename = connection.Rename };
        (session.Connection, session.Away, session.HeldRoom) = (null, away, null);
        AddAway(session, away);
        SessionLog.IsAway(_logger, away.Member, connection.End.Cause);
        await session.TryUpdateAsync(record => record with { IsAway = true, AwayGrace = room?.SessionGrace }).ConfigureAwait(false);
        // Where the return has failed, the log may have the connection before still.
        if (room is not null)
            away.Announcement = _rooms.Departures.AwayAsync(room, away.Member, isReturning: !isHere);
        return away;
    }

    private void AddAway(UserSession session, AwayUser away)
    {
        _users.Add(away);
        Interlocked.Increment(ref _awayCount);
        _metrics.UserAway();
        _graces.Add(away.Until, session.Record.Number);
    }

    private async Task EndAsync(UserSession session, string reason)
    {
        await session.EnterAsync().ConfigureAwait(false);
        try
        {
            // The end of the connection ends the session.
            session.Connection?.Connection.Close(CloseStatus.PolicyViolation, reason);
            if (session.Away is { } away)
                await EndAwayAsync(session, away, LeaveCause.Disconnected).ConfigureAwait(false);
        }
        finally
        {
            session.Exit();
        }
    }

    private async Task ExpireAsync(UserSession session)
    {
        await session.EnterAsync().ConfigureAwait(false);
        try
        {
            if (session.Away is not { } away)
                return;
            // The clock may go back a little when a beat is late.
            if (!session.IsEnding && away.Until > _heartbeat.PreciseNow)
                _graces.Add(away.Until, session.Record.Number);
            else
                await EndAwayAsync(session, away, session.IsEnding ? LeaveCause.Disconnected : LeaveCause.Expired).ConfigureAwait(false);
        }
        finally
        {
            session.Exit();
        }
    }

    private async ValueTask EndAwayAsync(UserSession session, AwayUser away, LeaveCause cause)
    {
        try
        {
            // From here on nobody can resume it: only then does the user leave.
            var isOver = await _storeDeadline.CallAsync(() => _store.EndAsync(session.Record.Number, session.Record.Generation)).ConfigureAwait(false);
            // Where a resumption was faster, it has the user, or is buried when the host has ended the session.
            if (!isOver && !session.IsEnding)
            {
                _graces.Add(Later(), session.Record.Number);
                return;
            }
        }
        catch (RoomStoreException e)
        {
            SessionLog.EndFailed(_logger, e);
            _graces.Add(Later(), session.Record.Number);
            return;
        }

        _graces.Remove(away.Until, session.Record.Number);
        Interlocked.Decrement(ref _awayCount);
        _metrics.UserReturned();
        session.Away = null;
        Forget(session);
        _users.Remove(away);
        _metrics.UserSignedOut();
        SessionLog.Ended(_logger, away.Member, cause);
        _ = LeaveAsync(session, away, cause);
    }

    /// <summary>Has a user that was away leave its room, then frees its nick.</summary>
    private async Task LeaveAsync(UserSession session, AwayUser away, LeaveCause cause)
    {
        try
        {
            if (away.HeldRoom is { } room)
                await _rooms.Departures.LeaveAsync(room, away.Member, cause).ConfigureAwait(false);
            else if (session.Record.Room is { } name)
                await LeaveUnopenedAsync(name, away.Member, cause).ConfigureAwait(false);
            // Until the log has said which of two nicks is the user's, both are reserved.
            await away.Rename.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _nicks.ReleaseAsync(away.Nick, away).AsTask().WaitAsync(_options.PolicyTimeout, _timeProvider).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            SessionLog.TearDownFailed(_logger, e);
        }
    }

    private async Task LeaveUnopenedAsync(string name, RoomMember member, LeaveCause cause)
    {
        var room = await _rooms.Departures.HoldAsync(name, _rooms.HoldAsync).ConfigureAwait(false);
        // The log may have an earlier generation of the user, whose resumption never came as far as that.
        var there = room?.Members.FirstOrDefault(other => other.Id == member.Id && other.Session == member.Session);
        if (there is not null)
            await _rooms.Departures.LeaveAsync(room!, there, cause).ConfigureAwait(false);
        else
            room?.Release();
    }

    private async Task TakeOverAsync(LeftSession left)
    {
        var record = left.Session;
        var session = new UserSession(record, _store, _storeDeadline);
        var member = new RoomMember(record.UserId, record.Nick, record.Number, record.Generation).AsAway();
        var rest = (record.AwayGrace ?? record.Grace) - left.AwayFor;
        var until = _heartbeat.PreciseNow + Math.Max(0, (long)rest.TotalMilliseconds);
        var away = new AwayUser(session, member, null, until, this);
        var decision = await _nicks.ReserveAsync(record.Nick, away).AsTask().WaitAsync(_options.PolicyTimeout, _timeProvider).ConfigureAwait(false);
        if (!decision.IsAccepted)
        {
            SessionLog.NickLost(_logger, member, decision.Code);
            await EndRecordAsync(record).ConfigureAwait(false);
            return;
        }

        session.Away = away;
        _sessions[record.Number] = session;
        Interlocked.Increment(ref _count);
        _metrics.UserSignedIn();
        AddAway(session, away);
    }

    /// <summary>Ends the record of a session that nobody serves any more; where the store does not answer, again when it does.</summary>
    private async Task EndRecordAsync(SessionRecord record) =>
        await _rooms.Departures.RepeatAsync(async () => await _storeDeadline.CallAsync(() => _store.EndAsync(record.Number, record.Generation)).ConfigureAwait(false)).ConfigureAwait(false);

    private async ValueTask<bool> IsSettledAsync(Task rename) => rename.IsCompleted || await _storeDeadline.TryWaitAsync(rename).ConfigureAwait(false);

    private long Later() => _heartbeat.PreciseNow + (long)_options.StoreTimeout.TotalMilliseconds;

    private bool TryCount(AddressKey? address)
    {
        if (Interlocked.Increment(ref _count) <= _options.MaxConnections && _addresses.TryEnter(address))
            return true;
        Interlocked.Decrement(ref _count);
        return false;
    }

    private void Uncount(AddressKey? address)
    {
        Interlocked.Decrement(ref _count);
        _addresses.Leave(address);
    }

    private void Forget(UserSession session)
    {
        session.HasEnded = true;
        _sessions.TryRemove(KeyValuePair.Create(session.Record.Number, session));
        Uncount(session.Address);
    }

    private SessionDecision Count(string outcome, SessionDecision decision)
    {
        _metrics.Resumed(outcome);
        return decision;
    }

    /// <summary>Those who have to come again come at different times.</summary>
    private static TimeSpan Soon() => TimeSpan.FromMilliseconds(Random.Shared.Next(500, 2000));
}
