using Microsoft.Extensions.Logging;
using TPacket.Server.Diagnostics;
using TPacket.Server.Rooms;
using TPacket.Server.Stores.Tracing;
using TPacket.WebSockets;

namespace TPacket.Server.Sessions.Resumption;

/// <summary>Ends the sessions of users: with their connection, for the host, and of users that are away.</summary>
internal sealed class SessionEnd(
    TracedSessionStore store,
    StoreDeadline storeDeadline,
    EndedSessions ended,
    UserSessions sessions,
    SessionMigration migration,
    PendingLeaves pendingLeaves,
    UserRegistry users,
    UserLeave leaves,
    AwayUserLeave awayLeaves,
    ServerMetrics metrics,
    ILogger<UserSessions> logger)
{
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
                leaving = leaves.LeaveAsync(connection);
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
        _ = ended.EndAsync(session.Record.Number, session.Record.Generation);
        sessions.Remove(session);
        if (session.HeldRoom is { } held)
            connection.Pending.Leave = pendingLeaves.LeaveAsync(held, connection.Member!, LeaveCause.Disconnected, isReturning: true);
    }

    /// <summary>Ends the session of a user that is away. The caller has the session's gate.</summary>
    /// <returns>A task that completes when the user has left and its nick is free; a completed task if the user stays away.</returns>
    public async ValueTask<Task> EndAwayAsync(UserSession session, AwayUser away, LeaveCause cause)
    {
        try
        {
            // The user leaves only after the store has ended the session, so that no connection can resume it.
            var isOver = await storeDeadline.CallAsync(() => store.EndAsync(session.Record.Number, session.Record.Generation)).ConfigureAwait(false);
            // A resumption was faster: it has the user now. If the host has ended the session, the resumption ends it.
            if (!isOver && !session.IsEnding)
            {
                if (store.IsShared)
                    _ = migration.HandOverAsync(session, session.Record.Generation + 1);
                else
                    sessions.CheckAgain(session);
                return Task.CompletedTask;
            }
        }
        catch (RoomStoreException e)
        {
            SessionLog.EndFailed(logger, e);
            sessions.CheckAgain(session);
            return Task.CompletedTask;
        }

        sessions.RemoveAway(session, away);
        sessions.Remove(session);
        users.Remove(away);
        metrics.UserSignedOut();
        SessionLog.Ended(logger, away.Member, cause);
        return awayLeaves.LeaveAsync(session, away, cause);
    }

    /// <summary>Ends a session that no server serves, and removes its user from the room in which the user may be away.</summary>
    public async Task EndUnservedAsync(SessionRecord record)
    {
        if (await ended.EndAsync(record.Number, record.Generation).ConfigureAwait(false) && record.Room is { } room)
            await awayLeaves.LeaveUnopenedAsync(room, new RoomMember(record.UserId, record.Nick, record.Number, record.Generation), LeaveCause.Expired).ConfigureAwait(false);
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
}
