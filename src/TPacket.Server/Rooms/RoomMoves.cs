using Microsoft.Extensions.Logging;
using TPacket.Diagnostics;
using TPacket.Server.Diagnostics;
using TPacket.Server.Sessions;
using TPacket.Server.Sessions.Resumption;

namespace TPacket.Server.Rooms;

/// <summary>Moves users into rooms, between rooms and out of rooms. The moves of one user do not overlap.</summary>
internal sealed class RoomMoves(RoomRegistry rooms, StoreDeadline storeDeadline, PendingLeaves leaves, ILogger<RoomRegistry> logger)
{
    /// <summary>Moves a user from its room into another room.</summary>
    /// <param name="session">The user's connection.</param>
    /// <param name="name">The room's name.</param>
    /// <param name="uid">The uid of the request; null if the host moves the user.</param>
    /// <exception cref="RoomStoreException">The store failed; the user stays in its room.</exception>
    public async ValueTask EnterAsync(Session session, string name, int? uid)
    {
        while (!session.Moves.TryEnter())
            await session.Moves.WaitAsync().ConfigureAwait(false);
        try
        {
            // A cleanup waits for a move that it finds, and a move finds a cleanup that has begun.
            if (session.HasEnded)
                return;
            await EnterNextAsync(session, name, uid).ConfigureAwait(false);
        }
        finally
        {
            session.Moves.Exit();
        }
    }

    private async ValueTask EnterNextAsync(Session session, string name, int? uid)
    {
        await SettleAsync(session, name).ConfigureAwait(false);
        if (session.UserSession is { } userSession)
            await EnterKeptAsync(userSession, session, name, uid).ConfigureAwait(false);
        else
            await EnterSettledAsync(session, name, uid).ConfigureAwait(false);
    }

    /// <summary>Writes the room to the session's record before the client receives the reply, so that the user never resumes in another room.</summary>
    private async ValueTask EnterKeptAsync(UserSession userSession, Session session, string name, int? uid)
    {
        var before = session.CurrentRoom?.Name;
        try
        {
            if (!await userSession.UpdateAsync(record => record with { Room = name }).ConfigureAwait(false))
                throw new RoomStoreException("The session is on another connection.", isOutcomeUnknown: false);
            await EnterSettledAsync(session, name, uid).ConfigureAwait(false);
        }
        catch (RoomStoreException)
        {
            await userSession.TryUpdateAsync(record => record with { Room = before }).ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask EnterSettledAsync(Session session, string name, int? uid)
    {
        var from = session.CurrentRoom;
        if (from?.Name == name)
        {
            if (from.Entrance.TryRejoin(session, uid))
                return;
            // A lost room keeps its members until their connections end. It must not keep a member that enters
            // the next room with the same name, because a later removal would change the member's slot there.
            from.TryRemove(session);
            await SettleAsync(session, name).ConfigureAwait(false);
            from = null;
        }

        Room room;
        do
            room = rooms.GetOrAdd(name);
        while (!await room.Entrance.EnterAsync(session, from, uid).ConfigureAwait(false));
        RoomLog.Entered(logger, session.Member!, name, room.MemberCount);
    }

    /// <summary>Removes a user from its room, if it is in one. The user receives no packet of the room after the call.</summary>
    /// <returns>Completes when the log has the leave, which may take until the store answers.</returns>
    public Task LeaveAsync(Session session, LeaveCause cause)
    {
        if (session.CurrentRoom is { } room && room.TryRemove(session))
        {
            session.Pending.Leave = leaves.LeaveAsync(room, session.Member!, cause);
            RoomLog.Left(logger, session.Member!, room.Name, room.MemberCount);
        }

        // A running move finds that the user has left, and removes it from the new room.
        return session.Moves.IsTaken ? LeaveAfterMoveAsync(session) : session.Pending.Leave;
    }

    private static async Task LeaveAfterMoveAsync(Session session)
    {
        await session.Moves.WaitAsync().ConfigureAwait(false);
        await session.Pending.Leave.ConfigureAwait(false);
    }

    /// <summary>
    /// Waits until the store has answered the user's last leave, which could otherwise end the new membership,
    /// and the user's last change of nick, because the log of the next room receives the nick.
    /// </summary>
    /// <exception cref="RoomStoreException">The store has not answered in time, or too many leaves of other users are pending.</exception>
    private async ValueTask SettleAsync(Session session, string name)
    {
        if (!session.Pending.Leave.IsCompleted && !await storeDeadline.TryWaitAsync(session.Pending.Leave).ConfigureAwait(false))
            throw new RoomStoreException($"The user cannot enter room '{Printable.Escape(name)}': the store has not answered the leave of the previous room.", isOutcomeUnknown: false);
        if (!session.Pending.Rename.IsCompleted && !await storeDeadline.TryWaitAsync(session.Pending.Rename).ConfigureAwait(false))
            throw new RoomStoreException($"The user cannot enter room '{Printable.Escape(name)}': the store has not answered the last change of its nick.", isOutcomeUnknown: false);
        if (leaves.Count > rooms.Options.MaxConnections)
            throw new RoomStoreException($"The user cannot enter room '{Printable.Escape(name)}': the store does not answer.", isOutcomeUnknown: false);
    }
}
