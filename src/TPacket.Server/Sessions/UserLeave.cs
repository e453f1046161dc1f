using Microsoft.Extensions.Logging;
using TPacket.Server.Diagnostics;
using TPacket.Server.Nicks;
using TPacket.Server.Rooms;
using TPacket.WebSockets;

namespace TPacket.Server.Sessions;

/// <summary>
/// Removes users from their room and releases their nicks, in that order, so that two users with the same nick are never visible at the same time.
/// </summary>
internal sealed class UserLeave(RoomRegistry rooms, RoomMoves moves, UserRegistry users, NickReservations nicks, ServerMetrics metrics, ILogger<Session> logger)
{
    /// <summary>Removes the user of a session, once; later calls return the task of the first call. The connection need not have ended.</summary>
    /// <returns>Completes when the nick is free, with a task that completes when the log of the room has the leave.</returns>
    public Task<Task> LeaveAsync(Session session)
    {
        var leave = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (session.TryBeginLeave(leave) is { } begun)
            return begun;
        _ = CompleteAsync(session, leave);
        return leave.Task;
    }

    private async Task CompleteAsync(Session session, TaskCompletionSource<Task> leave)
    {
        try
        {
            leave.SetResult(await LeaveOnceAsync(session).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            leave.SetException(e);
        }
    }

    private async Task<Task> LeaveOnceAsync(Session session)
    {
        var nick = session.Nick;
        // Settled: no pending call can change the user's last room or its nick.
        var isSettled = session.Pending.Leave.IsCompleted && session.Pending.Rename.IsCompleted && !session.Moves.IsTaken;
        if (isSettled)
            rooms.LeavingNicks.Begin(nick);
        Task leaving;
        try
        {
            leaving = moves.LeaveAsync(session, LeaveCause.Disconnected);
            // A delivered leave is in the log, even if the store's answer is lost.
            await (isSettled && !leaving.IsCompleted ? Task.WhenAny(leaving, rooms.LeavingNicks.WhenAnnounced(nick)) : leaving).ConfigureAwait(false);
            users.Remove(session);
            metrics.UserSignedOut();
            // A user whose nick is taken over leaves before its connection has ended.
            SessionLog.SignedOut(logger, session.Member!, session.End.Cause == EndCause.None ? EndCause.ClosedHere : session.End.Cause);
            // Both nicks of a pending rename are reserved until the log has decided.
            await session.Pending.Rename.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await nicks.ReleaseAsync(session.Nick, session).ConfigureAwait(false);
        }
        finally
        {
            if (isSettled)
                rooms.LeavingNicks.End(nick);
        }

        return leaving;
    }
}
