using Microsoft.Extensions.Logging;
using TPacket.Server.Diagnostics;
using TPacket.Server.Nicks;
using TPacket.Server.Rooms;
using TPacket.WebSockets;

namespace TPacket.Server.Sessions;

/// <summary>Takes over the sessions that an earlier run of the server has left in the store.</summary>
internal sealed class SessionRestore(
    ISessionStore store,
    StoreDeadline storeDeadline,
    UserSessions sessions,
    SessionEnd end,
    NickReservations nicks,
    Heartbeat heartbeat,
    ServerMetrics metrics,
    ILogger<UserSessions> logger)
{
    /// <summary>Has the users of sessions that the store has kept be away, as long as their grace lasts. Called before the first client comes.</summary>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    /// <exception cref="TimeoutException">The nick policy did not decide in time.</exception>
    public async Task StartAsync()
    {
        var left = await storeDeadline.CallAsync(() => store.TakeOverAsync()).ConfigureAwait(false);
        try
        {
            // The policy is asked for all nicks at once: the start takes no longer than the policy may.
            await Task.WhenAll(left.Select(TakeOverAsync)).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException("The nick policy did not decide in time whether the users of earlier sessions keep their nicks.", e);
        }
    }

    private async Task TakeOverAsync(LeftSession left)
    {
        var record = left.Session;
        var session = new UserSession(record, store, storeDeadline);
        var member = new RoomMember(record.UserId, record.Nick, record.Number, record.Generation).AsAway();
        var rest = (record.AwayGrace ?? record.Grace) - left.AwayFor;
        var until = heartbeat.PreciseNow + Math.Max(0, (long)rest.TotalMilliseconds);
        var away = new AwayUser(session, member, null, until, end);
        var decision = await nicks.ReserveAsync(record.Nick, away).ConfigureAwait(false);
        if (!decision.IsAccepted)
        {
            SessionLog.NickLost(logger, member, decision.Code);
            // The server starts although the store may not answer now.
            _ = end.EndRecordAsync(record.Number, record.Generation);
            return;
        }

        sessions.CountLeft();
        sessions.Add(session);
        metrics.UserSignedIn();
        sessions.AddAway(session, away);
        metrics.UserAway();
    }
}
