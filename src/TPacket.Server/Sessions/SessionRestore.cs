using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Server.Diagnostics;
using TPacket.Server.Rooms;
using TPacket.WebSockets;

namespace TPacket.Server.Sessions;

/// <summary>Takes over the sessions that an earlier run of the server has left in the store.</summary>
internal sealed class SessionRestore(
    ISessionStore store,
    StoreDeadline storeDeadline,
    UserSessions sessions,
    SessionEnd end,
    INickPolicy nicks,
    Heartbeat heartbeat,
    TimeProvider timeProvider,
    ServerMetrics metrics,
    IOptions<TPacketServerOptions> options,
    ILogger<UserSessions> logger)
{
    /// <summary>Has the users of sessions that the store has kept be away, as long as their grace lasts. Called before the first client comes.</summary>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    public async Task StartAsync()
    {
        foreach (var left in await storeDeadline.CallAsync(() => store.TakeOverAsync()).ConfigureAwait(false))
            await TakeOverAsync(left).ConfigureAwait(false);
    }

    private async Task TakeOverAsync(LeftSession left)
    {
        var record = left.Session;
        var session = new UserSession(record, store, storeDeadline);
        var member = new RoomMember(record.UserId, record.Nick, record.Number, record.Generation).AsAway();
        var rest = (record.AwayGrace ?? record.Grace) - left.AwayFor;
        var until = heartbeat.PreciseNow + Math.Max(0, (long)rest.TotalMilliseconds);
        var away = new AwayUser(session, member, null, until, end);
        var decision = await nicks.ReserveAsync(record.Nick, away).AsTask().WaitAsync(options.Value.PolicyTimeout, timeProvider).ConfigureAwait(false);
        if (!decision.IsAccepted)
        {
            SessionLog.NickLost(logger, member, decision.Code);
            await end.EndRecordAsync(record).ConfigureAwait(false);
            return;
        }

        sessions.CountLeft();
        sessions.Add(session);
        metrics.UserSignedIn();
        sessions.AddAway(session, away);
        metrics.UserAway();
    }
}
