namespace TPacket.Server;

/// <summary>
/// Stores the sessions of users, which outlive connections and, in a durable store, the server. One instance serves the whole server. Its members are called from many threads, including event loops: they may await, but must not
/// block. <c>SessionStoreSpecification</c> of TPacket.Testing tests an implementation.
/// </summary>
/// <remarks>
/// Each member is atomic. A failure throws a <see cref="RoomStoreException"/>; its <see cref="RoomStoreException.IsOutcomeUnknown"/> says whether the call may have taken effect. Any other exception counts as an unknown
/// outcome. The engine waits at most <see cref="TPacketServerOptions.StoreTimeout"/>.
/// </remarks>
public interface ISessionStore
{
    /// <summary>
    /// Whether several servers share the sessions. A session of this server may then be resumed on another server. This server learns of it from the <see cref="RoomEventKind.Returned"/> in the log of the user's room, or from a
    /// call that fails because of the generation.
    /// </summary>
    bool IsShared => false;

    /// <summary>
    /// Takes over the sessions of servers that have stopped or failed, and returns each session once. Called before the first client connects, and every second afterwards if the store <see cref="IsShared"/>. A shared store also
    /// returns sessions that it assigns to this server and that this server has not served for longer than a call may take, because the answer to a call was lost. A store in memory returns none.
    /// </summary>
    /// <param name="isServed">Returns whether this server serves the session with a number, or is about to end it. Does not block.</param>
    ValueTask<IReadOnlyList<OrphanedSession>> TakeOverAsync(Func<long, bool> isServed);

    /// <summary>Adds a session.</summary>
    /// <returns>False if another session has the same token; nothing has changed.</returns>
    ValueTask<bool> AddAsync(SessionRecord session);

    /// <summary>Replaces the record of a session.</summary>
    /// <returns>False if there is no session with this number and generation; nothing has changed.</returns>
    ValueTask<bool> UpdateAsync(SessionRecord session);

    /// <summary>
    /// Resumes a session: increments its generation and marks it as not away. The claimed token must be the session's <see cref="SessionRecord.Token"/>, or its <see cref="SessionRecord.NextToken"/>, which then becomes its token.
    /// In both cases <see cref="SessionClaim.NextToken"/> becomes its next token.
    /// </summary>
    /// <returns>The new record. Null if no session has the token, the session belongs to another principal, or another session has the next token; nothing has changed.</returns>
    ValueTask<SessionRecord?> ResumeAsync(SessionClaim claim);

    /// <summary>Ends a session, which can then no longer be resumed.</summary>
    /// <returns>
    /// True if the session has ended, now or before, so that a call with an unknown outcome can be repeated. False if the store has another generation of the session, which continues.
    /// </returns>
    ValueTask<bool> EndAsync(long number, int generation);
}
