using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using TPacket.Server.Diagnostics;
using TPacket.Server.Nicks;
using TPacket.Server.Rooms;
using TPacket.Server.Stores.Tracing;
using TPacket.WebSockets;

namespace TPacket.Server.Sessions.Resumption;

/// <summary>
/// Takes over sessions from the store: sessions of servers that do not run any more, and sessions of other servers when their clients resume here.
/// </summary>
internal sealed class SessionRestore(
    TracedSessionStore store,
    StoreDeadline storeDeadline,
    UserSessions sessions,
    SessionEnd end,
    EndedSessions ended,
    NickReservations nicks,
    Heartbeat heartbeat,
    TimeProvider timeProvider,
    ServerMetrics metrics,
    ILogger<UserSessions> logger) : IDisposable
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<long, Lazy<Task<UserSession?>>> _adopting = new();
    private ITimer? _timer;
    private int _isTakingOver;

    /// <summary>Restores the sessions in the store; their users are away until they resume or their grace ends. Called before the server accepts clients.</summary>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    /// <exception cref="TimeoutException">The nick policy did not decide in time.</exception>
    public async Task StartAsync()
    {
        await TakeOverAsync().ConfigureAwait(false);
        if (store.IsShared)
            _timer = timeProvider.CreateTimer(static restore => _ = ((SessionRestore)restore!).OnPeriodAsync(), this, _period, _period);
    }

    /// <summary>Takes over a session that another server has served until now. The user of the session is away here.</summary>
    /// <param name="record">The record with the generation that the user had on the other server.</param>
    /// <returns>The session; null if the policy refuses the nick, which ends the session.</returns>
    /// <exception cref="TimeoutException">The nick policy did not decide in time.</exception>
    public Task<UserSession?> AdoptAsync(SessionRecord record) => AdoptAsync(record, TimeSpan.Zero);

    public void Dispose() => _timer?.Dispose();

    private async Task<UserSession?> AdoptAsync(SessionRecord record, TimeSpan awayFor)
    {
        // Several connections may resume the session while it is taken over: all callers get the same task.
        var adopting = _adopting.GetOrAdd(record.Number, _ => new Lazy<Task<UserSession?>>(() => AddAsync(record, awayFor)));
        try
        {
            return await adopting.Value.ConfigureAwait(false);
        }
        finally
        {
            _adopting.TryRemove(KeyValuePair.Create(record.Number, adopting));
        }
    }

    private async Task OnPeriodAsync()
    {
        if (Interlocked.Exchange(ref _isTakingOver, 1) == 1)
            return;
        try
        {
            await TakeOverAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is RoomStoreException or TimeoutException)
        {
            SessionLog.TakeOverFailed(logger, e);
        }
        finally
        {
            Volatile.Write(ref _isTakingOver, 0);
        }
    }

    private async Task TakeOverAsync()
    {
        var left = await storeDeadline.CallAsync(() => store.TakeOverAsync(number => sessions.Find(number) is not null || ended.Contains(number))).ConfigureAwait(false);
        if (left.Count == 0)
            return;
        try
        {
            // The policy reserves all nicks at once, so that the start takes no longer than one decision may.
            await Task.WhenAll(left.Select(one => AdoptAsync(one.Session, one.AwayFor))).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException("The nick policy did not decide about the nicks of restored sessions in time.", e);
        }
    }

    private async Task<UserSession?> AddAsync(SessionRecord record, TimeSpan awayFor)
    {
        // The session may have been resumed here meanwhile.
        if (sessions.Find(record.Number) is { } there)
            return there;
        var session = new UserSession(record, store, storeDeadline);
        var member = new RoomMember(record.UserId, record.Nick, record.Number, record.Generation).AsAway();
        var rest = (record.AwayGrace ?? record.Grace) - awayFor;
        var until = heartbeat.PreciseNow + Math.Max(0, (long)rest.TotalMilliseconds);
        var away = new AwayUser(session, member, null, until, end);
        var decision = await nicks.ReserveAsync(record.Nick, away).ConfigureAwait(false);
        if (!decision.IsAccepted)
        {
            SessionLog.NickLost(logger, member, decision.Code);
            // Not awaited: the server starts even if the store does not answer now.
            _ = end.EndUnservedAsync(record);
            return null;
        }

        sessions.CountLeft();
        sessions.Add(session);
        metrics.UserSignedIn();
        sessions.AddAway(session, away);
        metrics.UserAway();
        return session;
    }
}
