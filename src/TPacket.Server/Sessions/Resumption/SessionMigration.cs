using Microsoft.Extensions.Logging;
using TPacket.Server.Diagnostics;
using TPacket.Server.Nicks;
using TPacket.Server.Rooms;

namespace TPacket.Server.Sessions.Resumption;

/// <summary>Removes sessions whose user has resumed on another server: the user does not leave its room, and is not away here.</summary>
internal sealed class SessionMigration
{
    private readonly UserSessions _sessions;
    private readonly UserRegistry _users;
    private readonly NickReservations _nicks;
    private readonly ServerMetrics _metrics;
    private readonly ILogger<UserSessions> _logger;

    public SessionMigration(UserSessions sessions, RoomRegistry rooms, UserRegistry users, NickReservations nicks, ServerMetrics metrics, ILogger<UserSessions> logger)
    {
        _sessions = sessions;
        _users = users;
        _nicks = nicks;
        _metrics = metrics;
        _logger = logger;
        rooms.Returned = OnReturned;
    }

    /// <summary>Removes a session whose user is on another server now.</summary>
    /// <param name="session">The session.</param>
    /// <param name="generation">The generation of the user there.</param>
    public async Task HandOverAsync(UserSession session, int generation)
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

    /// <summary>Handles the event of a log that a user has returned: its session here ends if the user has resumed on another server.</summary>
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
            ThreadPool.UnsafeQueueUserWorkItem(static call => _ = call.Migration.HandOverAsync(call.Session, call.Generation), (Migration: this, Session: session, member.Generation), preferLocal: false);
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
}
