using Microsoft.Extensions.Logging;
using TPacket.Protocol;
using TPacket.Server.Diagnostics;
using TPacket.Server.Rooms;
using TPacket.WebSockets;

namespace TPacket.Server.Sessions.Resumption;

/// <summary>Moves the user of a session to another connection, which receives the missed events of the user's room.</summary>
internal sealed class SessionHandover(UserSessions sessions, UserRegistry users, SessionAbsence absence, RoomRegistry rooms, ServerMetrics metrics, ILogger<UserSessions> logger)
{
    /// <summary>The close status of a connection whose user is on another connection now (docs/protocol.md, Sessions).</summary>
    public const CloseStatus ResumedElsewhere = (CloseStatus)4001;

    /// <summary>
    /// Supersedes and closes a connection because its principal has signed in again with the same nick. Waits for a move or a SESSION that is being handled.
    /// </summary>
    public static async ValueTask SupersedeAsync(Session connection)
    {
        while (!connection.Moves.TryEnter())
            await connection.Moves.WaitAsync().ConfigureAwait(false);
        connection.Supersede();
        connection.Moves.Exit();
        connection.Connection.Close(ResumedElsewhere, "signed in elsewhere");
    }

    /// <summary>Moves the user to a connection. The caller has the session's gate.</summary>
    /// <param name="session">The session.</param>
    /// <param name="connection">The new connection.</param>
    /// <param name="uid">The uid of the RESUME.</param>
    /// <param name="position">The position after the last event that the client has.</param>
    public async ValueTask GiveAsync(UserSession session, Session connection, int uid, RoomPosition position)
    {
        var (member, calls) = session.Connection is null ? TakeFromAway(session) : await TakeFromConnectionAsync(session).ConfigureAwait(false);
        // The new connection does not belong to the user yet, so its gate is free.
        // The gate keeps the host from moving the user before the user has returned to its room.
        connection.Moves.TryEnter();
        try
        {
            session.Connection = connection;
            connection.Resume(session, member.AsReturned(session.Record.Generation), calls);
            users.Add(connection);
            SessionLog.Resumed(logger, connection.Member!, connection.RemoteEndPoint);
            await EnterAgainAsync(session, connection, uid, NeedsSnapshot(session, connection) ? null : position).ConfigureAwait(false);
        }
        finally
        {
            connection.EndResumption();
            connection.Moves.Exit();
        }

        // A session that ended meanwhile has no further cleanup.
        if (connection.HasEnded)
            await absence.BecomeAwayAsync(session, connection).ConfigureAwait(false);
    }

    /// <summary>
    /// Returns whether the user needs a snapshot: the last replay was too large for the client,
    /// or the client has accepted PRESENCE after it entered the room, and does not know which members are away.
    /// </summary>
    private static bool NeedsSnapshot(UserSession session, Session connection) =>
        session.WantsSnapshot || (!session.WasAware && connection.Accepts((int)PacketCommand.Presence));

    private (RoomMember Member, CarriedCalls Calls) TakeFromAway(UserSession session)
    {
        var away = session.Away!;
        session.HeldRoom = away.HeldRoom;
        sessions.RemoveAway(session, away);
        return (away.Member, away.Carried);
    }

    /// <summary>Takes the user from a connection that may still look alive. Closes the connection, and does not wait for its end.</summary>
    private static async ValueTask<(RoomMember Member, CarriedCalls Calls)> TakeFromConnectionAsync(UserSession session)
    {
        var old = session.Connection!;
        while (!old.Moves.TryEnter())
            await old.Moves.WaitAsync().ConfigureAwait(false);
        old.Supersede();
        // The old connection is closed before it is removed from the room, so that packets that it sends meanwhile get no final answer.
        old.Connection.Close(ResumedElsewhere, "resumed on another connection");
        if (old.CurrentRoom is { } room && room.TryRemove(old))
            (session.HeldRoom, session.WasAware) = (room, old.Membership.IsAware);
        old.Moves.Exit();
        return (old.Member!, CarriedCalls.Of(old));
    }

    /// <summary>Returns the user to its room, and answers RESUME.</summary>
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
            // Nothing was sent. The client reconnects and tries again.
            SessionLog.ReturnFailed(logger, e);
            metrics.Resumed("Failed");
            connection.Connection.Close(CloseStatus.TryAgainLater, "the room's store has not answered");
            return;
        }

        metrics.Resumed("NoRoom");
        connection.SendPacket(uid, (int)PacketCommand.Resume, 2, connection.Id, []);
    }

    private async ValueTask<bool> TryEnterAgainAsync(UserSession session, Session connection, int uid, RoomPosition? position)
    {
        if ((session.HeldRoom?.Name ?? session.Record.Room) is not { } name)
            return false;
        if (session.HeldRoom is not { } room || !room.TryHold())
            session.HeldRoom = room = await rooms.HoldAsync(name).ConfigureAwait(false);
        else
            room.Release();
        var isHere = await room.Entrance.ReturnAsync(connection, uid, position).ConfigureAwait(false);
        session.HeldRoom = null;
        if (!isHere)
            room.Release();
        // This also repeats an earlier change of the record that the store did not answer.
        await session.TryUpdateAsync(record => record with { Room = isHere ? name : null }).ConfigureAwait(false);
        return isHere;
    }
}
