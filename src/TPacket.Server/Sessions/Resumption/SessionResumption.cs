using Microsoft.Extensions.Options;
using TPacket.Server.Diagnostics;
using TPacket.Server.Rooms;
using TPacket.Server.Rooms.Replay;
using TPacket.Server.Sessions.SignIn;
using TPacket.Server.Stores;
using TPacket.WebSockets.RateLimiting;

namespace TPacket.Server.Sessions.Resumption;

/// <summary>Has users come back on another connection (RESUME): the store decides whose session it is, then the session's user is handed over.</summary>
internal sealed class SessionResumption(
    TracedSessionStore store,
    StoreDeadline storeDeadline,
    UserSessions sessions,
    SessionEnd end,
    SessionRestore restore,
    SessionHandover handover,
    ReplayBudget budget,
    TimeProvider timeProvider,
    ServerMetrics metrics,
    IOptions<TPacketServerOptions> options)
{
    private readonly RateLimit _resumes = RateLimit.Create(1, options.Value.ResumeBurst, timeProvider.TimestampFrequency);

    /// <summary>
    /// Has a user come back: its last connection loses it, and this one gets it with its id, nick, accepted commands and room. The reply, and what the user has missed, are sent before the task completes.
    /// </summary>
    /// <param name="connection">The new connection.</param>
    /// <param name="uid">The uid of the request.</param>
    /// <param name="token">The token that it knows the session by, in the clear.</param>
    /// <param name="nextToken">The token that it will know the session by.</param>
    /// <param name="position">Behind the last event that the client has.</param>
    /// <param name="wanted">The grace that the client wants; zero for the same as before.</param>
    /// <exception cref="RoomStoreException">The store of sessions failed or did not answer in time.</exception>
    public async ValueTask<SessionDecision> ResumeAsync(
        Session connection, int uid, ReadOnlyMemory<byte> token, ReadOnlyMemory<byte> nextToken, RoomPosition position, TimeSpan wanted)
    {
        if (!PrincipalHash.TryCreate(connection.Principal, out var principal))
            return Unknown();
        var claim = new SessionClaim(SecretHash.Of(token.Span), SecretHash.Of(nextToken.Span), principal, wanted == TimeSpan.Zero ? null : sessions.GraceFor(wanted));
        var resumed = await storeDeadline.CallAsync(() => store.ResumeAsync(claim), OnResumedLate).ConfigureAwait(false);
        if (resumed is null)
            return Unknown();
        if (await FindAsync(resumed).ConfigureAwait(false) is not { } session)
            return Bury(resumed);
        if (!await session.TryEnterAsync().ConfigureAwait(false))
        {
            _ = AdoptAsync(session, resumed);
            return TryLater();
        }

        try
        {
            return await TakeAsync(session, resumed, connection, uid, position).ConfigureAwait(false);
        }
        finally
        {
            session.Exit();
        }
    }

    /// <summary>The session here, which another server may have served until now.</summary>
    private async ValueTask<UserSession?> FindAsync(SessionRecord resumed)
    {
        if (sessions.Find(resumed.Number) is { } session)
            return session;
        if (!store.IsShared || end.IsEnding(resumed.Number))
            return null;
        return await restore.AdoptAsync(resumed with { Generation = resumed.Generation - 1, NextToken = null, IsAway = true }).ConfigureAwait(false);
    }

    private async ValueTask<SessionDecision> TakeAsync(UserSession session, SessionRecord resumed, Session connection, int uid, RoomPosition position)
    {
        if (session.HasEnded)
            return Bury(resumed);
        if (resumed.Generation <= session.Record.Generation)
        {
            // A later one was faster.
            connection.Connection.Close(SessionHandover.ResumedElsewhere, "resumed on another connection");
            return SessionDecision.Accept(resumed.Grace);
        }

        await session.OnResumedAsync(resumed).ConfigureAwait(false);
        if (session.IsEnding)
            return Unknown();
        // A connection that was given up on cannot have a user: nobody would notice its end. And which nick is the user's has to be known before others are told of it.
        if (connection.HasEnded
            || !session.TryTakeResume(_resumes, timeProvider.GetTimestamp())
            || !await IsSettledAsync(session.Connection?.Pending.Rename ?? session.Away!.Rename).ConfigureAwait(false)
            || !await budget.TryEnterAsync().ConfigureAwait(false))
        {
            await StayAwayAsync(session).ConfigureAwait(false);
            return TryLater();
        }

        try
        {
            await handover.GiveAsync(session, connection, uid, position).ConfigureAwait(false);
            return SessionDecision.Accept(resumed.Grace);
        }
        finally
        {
            budget.Exit();
        }
    }

    /// <summary>The store has resumed a session, and says so when nobody waits for that any more.</summary>
    private void OnResumedLate(SessionRecord? resumed)
    {
        if (resumed is null)
            return;
        if (sessions.Find(resumed.Number) is { } session)
            _ = AdoptAsync(session, resumed);
        // The user may come back to any server; the store gives the session to this one where it does not (ISessionStore.TakeOverAsync).
        else if (!store.IsShared)
            Bury(resumed);
    }

    /// <summary>
    /// Takes over the record of a resumption that has had no consequence: the user stays where it is. A later change of the record has to have the store's generation, or the store would refuse it.
    /// </summary>
    private async Task AdoptAsync(UserSession session, SessionRecord resumed)
    {
        await session.EnterAsync().ConfigureAwait(false);
        try
        {
            if (session.HasEnded)
            {
                Bury(resumed);
            }
            else if (resumed.Generation > session.Record.Generation)
            {
                await session.OnResumedAsync(resumed).ConfigureAwait(false);
                await StayAwayAsync(session).ConfigureAwait(false);
            }
        }
        finally
        {
            session.Exit();
        }
    }

    /// <summary>The store has the user as back. Here it may still be away.</summary>
    private static async ValueTask StayAwayAsync(UserSession session)
    {
        if (session.Away is { } away)
            await session.TryUpdateAsync(record => record with { IsAway = true, AwayGrace = away.HeldRoom?.SessionGrace }).ConfigureAwait(false);
    }

    /// <summary>The user has to come again.</summary>
    private SessionDecision TryLater()
    {
        metrics.Resumed("TryLater");
        return SessionDecision.Postpone(Soon());
    }

    /// <summary>The store has resumed a session that is over here: it is over there, too.</summary>
    private SessionDecision Bury(SessionRecord resumed)
    {
        _ = end.EndUnservedAsync(resumed);
        return Unknown();
    }

    private SessionDecision Unknown()
    {
        metrics.Resumed("Unknown");
        return SessionDecision.Unknown;
    }

    private async ValueTask<bool> IsSettledAsync(Task rename) => rename.IsCompleted || await storeDeadline.TryWaitAsync(rename).ConfigureAwait(false);

    /// <summary>A random delay, so that postponed clients do not retry at the same time.</summary>
    private static TimeSpan Soon() => TimeSpan.FromMilliseconds(Random.Shared.Next(500, 2000));
}
