using Microsoft.Extensions.Options;
using TPacket.Server.Diagnostics;
using TPacket.Server.Rooms;
using TPacket.Server.Rooms.Replay;
using TPacket.Server.Sessions.SignIn;
using TPacket.Server.Stores.Tracing;
using TPacket.WebSockets.RateLimiting;

namespace TPacket.Server.Sessions.Resumption;

/// <summary>Resumes the sessions of users on another connection (RESUME): the store checks the token, then the user moves to the connection.</summary>
internal sealed class SessionResumption(
    TracedSessionStore store,
    StoreDeadline storeDeadline,
    UserSessions sessions,
    SessionEnd end,
    EndedSessions ended,
    SessionRestore restore,
    SessionHandover handover,
    ReplayBudget budget,
    TimeProvider timeProvider,
    ServerMetrics metrics,
    IOptions<TPacketServerOptions> options)
{
    private readonly RateLimit _resumes = RateLimit.Create(1, options.Value.ResumeBurst, timeProvider.TimestampFrequency);

    /// <summary>
    /// Resumes a session: the new connection gets the user with its id, nick, accepted commands and room, and the previous
    /// connection loses the user. The method sends the reply and the missed events before its task completes.
    /// </summary>
    /// <param name="connection">The new connection.</param>
    /// <param name="uid">The uid of the request.</param>
    /// <param name="token">The token of the session in plain text.</param>
    /// <param name="nextToken">The token for the next resumption.</param>
    /// <param name="position">The position after the last event that the client has.</param>
    /// <param name="wanted">The requested grace; zero to keep the grace.</param>
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
            return EndUnserved(resumed);
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

    /// <summary>Finds the session here, or takes it over from another server.</summary>
    private async ValueTask<UserSession?> FindAsync(SessionRecord resumed)
    {
        if (sessions.Find(resumed.Number) is { } session)
            return session;
        if (!store.IsShared || ended.Contains(resumed.Number))
            return null;
        return await restore.AdoptAsync(resumed with { Generation = resumed.Generation - 1, NextToken = null, IsAway = true }).ConfigureAwait(false);
    }

    private async ValueTask<SessionDecision> TakeAsync(UserSession session, SessionRecord resumed, Session connection, int uid, RoomPosition position)
    {
        if (session.HasEnded)
            return EndUnserved(resumed);
        if (resumed.Generation <= session.Record.Generation)
        {
            // A later resumption was faster.
            connection.Connection.Close(SessionHandover.ResumedElsewhere, "resumed on another connection");
            return SessionDecision.Accept(resumed.Grace);
        }

        await session.OnResumedAsync(resumed).ConfigureAwait(false);
        if (session.IsEnding)
            return Unknown();
        // An ended connection cannot have a user, because its cleanup has run. The user's nick has to be known before other members receive it.
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

    /// <summary>Handles an answer of the store that comes after the deadline: the store has resumed a session.</summary>
    private void OnResumedLate(SessionRecord? resumed)
    {
        if (resumed is null)
            return;
        if (sessions.Find(resumed.Number) is { } session)
            _ = AdoptAsync(session, resumed);
        // With a shared store, the user may still resume on any server; if it does not,
        // the store returns the session to this server later (ISessionStore.TakeOverAsync).
        else if (!store.IsShared)
            EndUnserved(resumed);
    }

    /// <summary>
    /// Adopts the record of a resumption that was not completed: the user stays on its connection, or away.
    /// Later changes need the generation of the store's record, because the store rejects other generations.
    /// </summary>
    private async Task AdoptAsync(UserSession session, SessionRecord resumed)
    {
        await session.EnterAsync().ConfigureAwait(false);
        try
        {
            if (session.HasEnded)
            {
                EndUnserved(resumed);
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

    /// <summary>Marks the user as away in the store again, after a resumption that was not completed.</summary>
    private static async ValueTask StayAwayAsync(UserSession session)
    {
        if (session.Away is { } away)
            await session.TryUpdateAsync(record => record with { IsAway = true, AwayGrace = away.HeldRoom?.SessionGrace }).ConfigureAwait(false);
    }

    /// <summary>Asks the client to try again later.</summary>
    private SessionDecision TryLater()
    {
        metrics.Resumed("TryLater");
        return SessionDecision.Postpone(Soon());
    }

    /// <summary>Ends a session that the store still has but that this server has ended or refused.</summary>
    private SessionDecision EndUnserved(SessionRecord resumed)
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

    /// <summary>Returns a random delay, so that postponed clients do not retry at the same time.</summary>
    private static TimeSpan Soon() => TimeSpan.FromMilliseconds(Random.Shared.Next(500, 2000));
}
