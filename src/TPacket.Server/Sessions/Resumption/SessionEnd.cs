using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Server.Diagnostics;
using TPacket.Server.Nicks;
using TPacket.Server.Rooms;
using TPacket.Server.Stores;
using TPacket.WebSockets;

namespace TPacket.Server.Sessions.Resumption;

/// <summary>Ends the sessions of users: with their connection, by the host, and at the end of the grace of a user that is away.</summary>
internal sealed class SessionEnd
{
    private readonly ISessionStore _store;
    private readonly StoreDeadline _storeDeadline;
    private readonly UserSessions _sessions;
    private readonly RoomRegistry _rooms;
    private readonly UserRegistry _users;
    private readonly UserLeave _leaves;
    private readonly NickReservations _nicks;
    private readonly Heartbeat _heartbeat;
    private readonly ServerMetrics _metrics;
    private readonly TPacketServerOptions _options;
    private readonly ILogger<UserSessions> _logger;

    // The sessions that have ended here but that the store may still have: the number of pending calls to end each of them, by the session's number.
    private readonly ConcurrentDictionary<long, int> _ending = new();

    public SessionEnd(
        TracedSessionStore store,
        StoreDeadline storeDeadline,
        UserSessions sessions,
        RoomRegistry rooms,
        UserRegistry users,
        UserLeave leaves,
        NickReservations nicks,
        Heartbeat heartbeat,
        ServerMetrics metrics,
        IOptions<TPacketServerOptions> options,
        ILogger<UserSessions> logger)
    {
        _store = store;
        _storeDeadline = storeDeadline;
        _sessions = sessions;
        _rooms = rooms;
        _users = users;
        _leaves = leaves;
        _nicks = nicks;
        _heartbeat = heartbeat;
        _metrics = metrics;
        _options = options.Value;
        _logger = logger;
        sessions.GraceEnded = session => _ = ExpireAsync(session);
        rooms.Returned = OnReturned;
    }

    /// <summary>Returns whether a session has ended here, while the store may still have it.</summary>
    public bool IsEnding(long number) => _ending.ContainsKey(number);

    /// <summary>Ends a session for the host: disconnects a user with a connection, and removes a user that is away.</summary>
    public void End(UserSession session, string reason)
    {
        session.IsEnding = true;
        _ = EndAsync(session, reason);
    }

    /// <summary>Ends a session because its principal has signed in again with the same nick. Does not wait for the end of the connection.</summary>
    /// <returns>Completes when the user has left and its nick is free, or the store has failed.</returns>
    public async Task TakeOverAsync(UserSession session)
    {
        session.IsEnding = true;
        Task leaving = Task.CompletedTask;
        await session.EnterAsync().ConfigureAwait(false);
        try
        {
            if (session.Connection is { } connection)
            {
                await SessionHandover.SupersedeAsync(connection).ConfigureAwait(false);
                EndWithConnection(session, connection);
                leaving = _leaves.LeaveAsync(connection);
            }
            else if (session.Away is { } away)
            {
                leaving = await EndAwayAsync(session, away, LeaveCause.Disconnected).ConfigureAwait(false);
            }
        }
        finally
        {
            session.Exit();
        }

        await leaving.ConfigureAwait(false);
    }

    /// <summary>Ends a session with its connection. The caller has the session's gate, and removes the user.</summary>
    public void EndWithConnection(UserSession session, Session connection)
    {
        session.Connection = null;
        _ = EndRecordAsync(session.Record.Number, session.Record.Generation);
        _sessions.Remove(session);
        if (session.HeldRoom is { } held)
            connection.Pending.Leave = _rooms.Leaves.LeaveAsync(held, connection.Member!, LeaveCause.Disconnected, isReturning: true);
    }

    /// <summary>Ends the record of a session that this server does not serve any more. Repeats the call until the store answers.</summary>
    /// <returns>True if the session has ended; false if the store has another generation of the session, or the server has stopped before.</returns>
    public async Task<bool> EndRecordAsync(long number, int generation)
    {
        var isOver = false;
        _ending.AddOrUpdate(number, 1, static (_, count) => count + 1);
        await _rooms.Leaves.RepeatAsync(async () => isOver = await _storeDeadline.CallAsync(() => _store.EndAsync(number, generation)).ConfigureAwait(false)).ConfigureAwait(false);
        if (_ending.AddOrUpdate(number, 0, static (_, count) => count - 1) == 0)
            _ending.TryRemove(KeyValuePair.Create(number, 0));
        return isOver;
    }

    /// <summary>Ends a session that no server serves, and removes its user from the room in which the user may be away.</summary>
    public async Task EndUnservedAsync(SessionRecord record)
    {
        if (await EndRecordAsync(record.Number, record.Generation).ConfigureAwait(false) && record.Room is { } room)
            await LeaveUnopenedAsync(room, new RoomMember(record.UserId, record.Nick, record.Number, record.Generation), LeaveCause.Expired).ConfigureAwait(false);
    }

    /// <summary>Ends a session here when a log shows that its user has resumed on another server.</summary>
    private void OnReturned(RoomMember member)
    {
        var session = _users.Find(member.Id) switch
        {
            Session connection => connection.UserSession,
            AwayUser away => away.Session,
            _ => null,
        };
        // A resumption here raises the generation of the record before the log has the return. The store must not be called from within its own call.
        if (session is not null && session.Record.Number == member.Session && session.Record.Generation < member.Generation)
            ThreadPool.UnsafeQueueUserWorkItem(static call => _ = call.End.HandOverAsync(call.Session, call.Generation), (End: this, Session: session, member.Generation), preferLocal: false);
    }

    /// <summary>Removes a session from this server because its user is on another server now: the user does not leave its room, and is not away here.</summary>
    private async Task HandOverAsync(UserSession session, int generation)
    {
        await session.EnterAsync().ConfigureAwait(false);
        try
        {
            if (session.HasEnded || session.Record.Generation >= generation)
                return;
            IUser? user = session.Away;
            if (session.Connection is { } connection)
            {
                user = connection;
                await SupersedeAsync(session, connection).ConfigureAwait(false);
            }

            if (session.Away is { } away)
            {
                _sessions.RemoveAway(session, away);
                away.HeldRoom?.Release();
            }

            session.HeldRoom?.Release();
            session.HeldRoom = null;
            _sessions.Remove(session);
            if (user is null)
                return;
            _users.Remove(user);
            _metrics.UserSignedOut();
            SessionLog.HandedOver(_logger, session.Record.Nick);
            await _nicks.ReleaseAsync(session.Record.Nick, user).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            SessionLog.SignOutFailed(_logger, e);
        }
        finally
        {
            session.Exit();
        }
    }

    private static async ValueTask SupersedeAsync(UserSession session, Session connection)
    {
        while (!connection.Moves.TryEnter())
            await connection.Moves.WaitAsync().ConfigureAwait(false);
        connection.Supersede();
        connection.Connection.Close(SessionHandover.ResumedElsewhere, "resumed on another connection");
        if (connection.CurrentRoom is { } room && room.TryRemove(connection))
            room.Release();
        connection.Moves.Exit();
        session.Connection = null;
    }

    private async Task EndAsync(UserSession session, string reason)
    {
        await session.EnterAsync().ConfigureAwait(false);
        try
        {
            // The end of the connection then ends the session.
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
            // The heartbeat's clock may go back a little when a beat is late.
            if (!session.IsEnding && away.Until > _heartbeat.PreciseNow)
                _sessions.CheckLater(session, away.Until);
            else
                await EndAwayAsync(session, away, session.IsEnding ? LeaveCause.Disconnected : LeaveCause.Expired).ConfigureAwait(false);
        }
        finally
        {
            session.Exit();
        }
    }

    /// <summary>Ends the session of a user that is away. The caller has the session's gate.</summary>
    /// <returns>A task that completes when the user has left and its nick is free; a completed task if the user stays away.</returns>
    private async ValueTask<Task> EndAwayAsync(UserSession session, AwayUser away, LeaveCause cause)
    {
        try
        {
            // The user leaves only after the store has ended the session, so that no connection can resume it.
            var isOver = await _storeDeadline.CallAsync(() => _store.EndAsync(session.Record.Number, session.Record.Generation)).ConfigureAwait(false);
            // A resumption was faster: it has the user now. If the host has ended the session, the resumption ends it.
            if (!isOver && !session.IsEnding)
            {
                if (_store.IsShared)
                    _ = HandOverAsync(session, session.Record.Generation + 1);
                else
                    _sessions.CheckLater(session, Later());
                return Task.CompletedTask;
            }
        }
        catch (RoomStoreException e)
        {
            SessionLog.EndFailed(_logger, e);
            _sessions.CheckLater(session, Later());
            return Task.CompletedTask;
        }

        _sessions.RemoveAway(session, away);
        _sessions.Remove(session);
        _users.Remove(away);
        _metrics.UserSignedOut();
        SessionLog.Ended(_logger, away.Member, cause);
        return LeaveAsync(session, away, cause);
    }

    /// <summary>Removes a user that was away from its room, then releases its nick.</summary>
    private async Task LeaveAsync(UserSession session, AwayUser away, LeaveCause cause)
    {
        var nick = away.Nick;
        // Settled: no pending call can change the user's last room or its nick.
        var isSettled = away.Carried.Leave.IsCompleted && away.Rename.IsCompleted;
        if (isSettled)
            _rooms.LeavingNicks.Begin(nick);
        try
        {
            var leaving = LeaveRoomAsync(session, away, cause);
            // A delivered leave is in the log, even if the store's answer is lost.
            await (isSettled && !leaving.IsCompleted ? Task.WhenAny(leaving, _rooms.LeavingNicks.WhenAnnounced(nick)) : leaving).ConfigureAwait(false);
            // Both nicks of a pending rename are reserved until the log has decided.
            await away.Rename.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _nicks.ReleaseAsync(away.Nick, away).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            SessionLog.SignOutFailed(_logger, e);
        }
        finally
        {
            if (isSettled)
                _rooms.LeavingNicks.End(nick);
        }
    }

    private Task LeaveRoomAsync(UserSession session, AwayUser away, LeaveCause cause)
    {
        if (away.HeldRoom is { } room)
            return _rooms.Leaves.LeaveAsync(room, away.Member, cause);
        return session.Record.Room is { } name ? LeaveUnopenedAsync(name, away.Member, cause) : Task.CompletedTask;
    }

    private async Task LeaveUnopenedAsync(string name, RoomMember member, LeaveCause cause)
    {
        var room = await _rooms.Leaves.HoldAsync(name, _rooms.HoldAsync).ConfigureAwait(false);
        // The log may have an earlier generation of the user, if a resumption failed before its return was appended.
        var there = room?.Members.FirstOrDefault(other => other.Id == member.Id && other.Session == member.Session);
        if (there is not null)
            await _rooms.Leaves.LeaveAsync(room!, there, cause).ConfigureAwait(false);
        else
            room?.Release();
    }

    private long Later() => _heartbeat.PreciseNow + (long)_options.StoreTimeout.TotalMilliseconds;
}
