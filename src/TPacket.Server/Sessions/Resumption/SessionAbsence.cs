using Microsoft.Extensions.Logging;
using TPacket.Server.Diagnostics;
using TPacket.Server.Rooms;
using TPacket.WebSockets;

namespace TPacket.Server.Sessions.Resumption;

/// <summary>Makes users with a session away when their connection ends, until they resume or their grace ends.</summary>
internal sealed class SessionAbsence(UserSessions sessions, SessionEnd end, RoomRegistry rooms, Heartbeat heartbeat, ServerMetrics metrics, ILogger<UserSessions> logger)
{
    private const long OverloadPeriod = 60_000;

    /// <summary>Makes a user with a session away, unless the end of its connection also ends the session.</summary>
    /// <returns>False if the session has ended, and the user has to leave. True if the user is away, or on another connection.</returns>
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

    /// <summary>Makes a user away. The caller has the session's gate.</summary>
    /// <returns>A task that completes when the log of the user's room has the event.</returns>
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
            connection.Pending.Leave = rooms.Leaves.LeaveAsync(other, connection.Member!, LeaveCause.Moved, isReturning: true);

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
        // After a failed return, the log may still have the previous connection.
        var announcement = room is null ? Task.CompletedTask : rooms.Leaves.AwayAsync(room, away.Member, isReturning: !isHere);
        metrics.UserAway();
        SessionLog.IsAway(logger, away.Member, connection.End.Cause);
        return announcement;
    }

    /// <summary>Returns whether the end of a connection also ends the session: a normal close by the peer, or a violation (docs/protocol.md, Sessions).</summary>
    private static bool IsFinal(Session connection) => connection.End switch
    {
        { Cause: EndCause.ClosedByPeer, Status: CloseStatus.NormalClosure } => true,
        { Cause: EndCause.ClosedHere or EndCause.Violation, Status: CloseStatus.ProtocolError or CloseStatus.UnsupportedData or CloseStatus.InvalidPayloadData or CloseStatus.PolicyViolation or CloseStatus.MessageTooBig } => true,
        _ => false,
    };
}
