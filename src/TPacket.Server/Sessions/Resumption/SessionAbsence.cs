using Microsoft.Extensions.Logging;
using TPacket.Server.Diagnostics;
using TPacket.Server.Rooms;
using TPacket.WebSockets;

namespace TPacket.Server.Sessions.Resumption;

/// <summary>Keeps users whose connection has ended: they are away until they are back or their grace is over.</summary>
internal sealed class SessionAbsence(UserSessions sessions, SessionEnd end, RoomRegistry rooms, Heartbeat heartbeat, ServerMetrics metrics, ILogger<UserSessions> logger)
{
    private const long OverloadPeriod = 60_000;

    /// <summary>The connection of a user with a session has ended.</summary>
    /// <returns>False when the session has ended with it: the user leaves. True when the user is away, or on another connection.</returns>
    public async ValueTask<bool> TryKeepAsync(Session connection)
    {
        var session = connection.UserSession!;
        Task announcement;
        await session.EnterAsync().ConfigureAwait(false);
        try
        {
            if (session.Connection != connection)
                return true;
            if (session.IsEnding || IsFinal(connection))
            {
                end.EndWithConnection(session, connection);
                return false;
            }

            announcement = await BecomeAwayAsync(session, connection).ConfigureAwait(false);
        }
        finally
        {
            session.Exit();
        }

        await announcement.ConfigureAwait(false);
        return true;
    }

    /// <summary>Has a user be away. The caller has the session's gate.</summary>
    /// <returns>Completes when the log of the user's room says that it is away.</returns>
    public async ValueTask<Task> BecomeAwayAsync(UserSession session, Session connection)
    {
        while (!connection.Moves.TryEnter())
            await connection.Moves.WaitAsync().ConfigureAwait(false);
        var here = connection.CurrentRoom;
        var isHere = here?.TryRemove(connection) == true;
        var room = isHere ? here : session.HeldRoom;
        connection.Moves.Exit();
        if (isHere)
            session.WasAware = connection.Membership.IsAware;
        if (isHere && session.HeldRoom is { } other && other != room)
            connection.Pending.Departure = rooms.Leaves.LeaveAsync(other, connection.Member!, LeaveCause.Moved, isReturning: true);

        var now = heartbeat.PreciseNow;
        if (connection.End is { Cause: EndCause.SlowConsumer })
        {
            session.WantsSnapshot = session.OverloadedAt is { } before && now - before < OverloadPeriod;
            session.OverloadedAt = now;
        }

        var until = now + (long)(room?.SessionGrace ?? session.Record.Grace).TotalMilliseconds;
        var away = new AwayUser(session, connection.Member!, room, until, end) { Carried = CarriedCalls.Of(connection), Rename = connection.Pending.Rename };
        sessions.AddAway(session, away);
        await session.TryUpdateAsync(record => record with { IsAway = true, AwayGrace = room?.SessionGrace }).ConfigureAwait(false);
        // Where the return has failed, the log may still have the connection before.
        var announcement = room is null ? Task.CompletedTask : rooms.Leaves.AwayAsync(room, away.Member, isReturning: !isHere);
        metrics.UserAway();
        SessionLog.IsAway(logger, away.Member, connection.End.Cause);
        return announcement;
    }

    /// <summary>Whether a connection has ended in a way that ends the session too.</summary>
    private static bool IsFinal(Session connection) => connection.End switch
    {
        { Cause: EndCause.ClosedByPeer, Status: CloseStatus.NormalClosure } => true,
        { Cause: EndCause.ClosedHere or EndCause.Violation, Status: CloseStatus.ProtocolError or CloseStatus.UnsupportedData or CloseStatus.InvalidPayloadData or CloseStatus.PolicyViolation or CloseStatus.MessageTooBig } => true,
        _ => false,
    };
}
