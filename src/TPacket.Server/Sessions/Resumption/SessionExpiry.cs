using TPacket.WebSockets;

namespace TPacket.Server.Sessions.Resumption;

/// <summary>Ends the sessions of users that are away when their grace ends, and repeats an end that the store has not answered.</summary>
internal sealed class SessionExpiry(UserSessions sessions, SessionEnd end, Heartbeat heartbeat)
{
    /// <summary>Begins to end sessions. Called before the server accepts clients.</summary>
    public void Start() => sessions.GraceEnded = session => _ = ExpireAsync(session);

    private async Task ExpireAsync(UserSession session)
    {
        await session.EnterAsync().ConfigureAwait(false);
        try
        {
            if (session.Away is not { } away)
                return;
            // The heartbeat's clock may go back a little when a beat is late.
            if (!session.IsEnding && away.Until > heartbeat.PreciseNow)
                sessions.CheckLater(session, away.Until);
            else
                await end.EndAwayAsync(session, away, session.IsEnding ? LeaveCause.Disconnected : LeaveCause.Expired).ConfigureAwait(false);
        }
        finally
        {
            session.Exit();
        }
    }
}
