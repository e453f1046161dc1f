using Microsoft.Extensions.Logging;
using TPacket.Server.Diagnostics;
using TPacket.Server.Sessions.Resumption;

namespace TPacket.Server.Sessions;

/// <summary>Cleans up after sessions: makes the user away if the user may resume, and otherwise removes the user.</summary>
internal sealed class SessionCleanup(SessionAbsence absence, EndedSessions ended, UserLeave leaves, ISessionOwner owner, ILogger<Session> logger)
{
    /// <summary>Begins to clean up after a session. A session calls this once, when it ends.</summary>
    public void Begin(Session session) => _ = RunAsync(session);

    private async Task RunAsync(Session session)
    {
        try
        {
            if (session.UserSession is not null && await absence.TryKeepAsync(session).ConfigureAwait(false))
                return;
            // The store may have added a record after the server had requested its end.
            if (session is { UserSession: null, Pending.RecordEnd: not null, Member: { } unserved })
                _ = ended.EndAsync(unserved.Session, unserved.Generation);
            if (session.Member is null)
                return;
            var leaving = await leaves.LeaveAsync(session).ConfigureAwait(false);
            await leaving.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            SessionLog.SignOutFailed(logger, e);
        }
        finally
        {
            owner.OnCleanedUp(session);
        }
    }
}
