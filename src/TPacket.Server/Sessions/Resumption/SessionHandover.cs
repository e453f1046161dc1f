using Microsoft.Extensions.Logging;
using TPacket.Protocol;
using TPacket.Server.Diagnostics;
using TPacket.Server.Rooms;
using TPacket.WebSockets;

namespace TPacket.Server.Sessions.Resumption;

/// <summary>Hands a session's user over to another connection, which receives what the user has missed of its room.</summary>
internal sealed class SessionHandover(UserSessions sessions, UserRegistry users, SessionAbsence absence, RoomRegistry rooms, ServerMetrics metrics, ILogger<UserSessions> logger)
{
    /// <summary>The status by which a connection hears that another has its user now (docs/protocol.md, Sessions).</summary>
    public const CloseStatus ResumedElsewhere = (CloseStatus)4001;

    /// <summary>Supersedes and closes a connection because its principal has signed in again under the nick. Waits for a move or a SESSION that is being handled.</summary>
    public static async ValueTask SupersedeAsync(Session connection)
    {
        while (!connection.Moves.TryEnter())
            await connection.Moves.WaitAsync().ConfigureAwait(false);
        connection.Supersede();
        connection.Moves.Exit();
        connection.Connection.Close(ResumedElsewhere, "signed in elsewhere");
    }

    /// <summary>Gives the user to a connection. The caller has the session's gate.</summary>
    /// <param name="session">The session.</param>
    /// <param name="connection">The new connection.</param>
    /// <param name="uid">The uid of the RESUME.</param>
    /// <param name="position">Behind the last event that the client has.</param>
    public async ValueTask GiveAsync(UserSession session, Session connection, int uid, RoomPosition position)
    {
        var (member, calls) = session.Connection is null ? TakeFromAway(session) : await TakeFromConnectionAsync(session).ConfigureAwait(false);
        // Nobody knows the connection as the user's yet, and the host moves the user only when it is where it was.
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

        // A connection that was given up on meanwhile is not torn down again.
        if (connection.HasEnded)
            await absence.BecomeAwayAsync(session, connection).ConfigureAwait(false);
    }

    /// <summary>Whether what was missed would not do: it was too much before, or the client has asked since it entered to be told who is away.</summary>
    private static bool NeedsSnapshot(UserSession session, Session connection) =>
        session.WantsSnapshot || (!session.WasAware && connection.Accepts((int)PacketCommand.Presence));

    private (RoomMember Member, CarriedCalls Calls) TakeFromAway(UserSession session)
    {
        var away = session.Away!;
        session.HeldRoom = away.HeldRoom;
        sessions.RemoveAway(session, away);
        return (away.Member, away.Carried);
    }

    /// <summary>Takes the user from a connection that may look alive: it is closed, and not waited for.</summary>
    private static async ValueTask<(RoomMember Member, CarriedCalls Calls)> TakeFromConnectionAsync(UserSession session)
    {
        var old = session.Connection!;
        while (!old.Moves.TryEnter())
            await old.Moves.WaitAsync().ConfigureAwait(false);
        old.Supersede();
        // Before it is removed: what it sends now gets no answer that would be final.
        old.Connection.Close(ResumedElsewhere, "resumed on another connection");
        if (old.CurrentRoom is { } room && room.TryRemove(old))
            (session.HeldRoom, session.WasAware) = (room, old.Membership.IsAware);
        old.Moves.Exit();
        return (old.Member!, CarriedCalls.Of(old));
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
        // A change of the record that the store did not answer is made up for.
        await session.TryUpdateAsync(record => record with { Room = isHere ? name : null }).ConfigureAwait(false);
        return isHere;
    }
}
