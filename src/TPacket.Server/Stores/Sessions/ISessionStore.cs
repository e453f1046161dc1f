namespace TPacket.Server;

/// <summary>
/// Stores the sessions of users, which outlive connections and, in a durable store, the server.
/// One instance serves the whole server. The engine calls its members from many threads, including event loops:
/// they may await, but must not block. <c>SessionStoreSpecification</c> of TPacket.Testing tests an implementation.
/// </summary>
/// <remarks>
/// Each member is atomic. A failure throws a <see cref="RoomStoreException"/>; its <see cref="RoomStoreException.IsOutcomeUnknown"/> says whether the call
/// may have taken effect. Any other exception counts as an unknown outcome. The engine waits at most <see cref="TPacketServerOptions.StoreTimeout"/>.
/// </remarks>
public interface ISessionStore
{
    /// <summary>
    /// Whether several servers share the sessions, so that a client may resume a session of this server on another server. This server detects such
    /// a resumption by the <see cref="RoomEventKind.Returned"/> in the log of the user's room, or by a call that returns false because of the generation.
    /// </summary>
    bool IsShared => false;

    /// <summary>
    /// Takes over the sessions of servers that have stopped or failed, and returns each session once. The engine calls the method before the first client
    /// connects, and then every second if the store <see cref="IsShared"/>. A shared store also returns a session that it assigns to this server but
    /// that this server has not served for longer than a call may take, because the answer to a call was lost. A store in memory returns no session.
    /// </summary>
    /// <param name="isServed">Returns whether this server serves the session with the given number, or is about to end it. Does not block.</param>
    /// <returns>The sessions, which this server serves from then on.</returns>
    ValueTask<IReadOnlyList<OrphanedSession>> TakeOverAsync(Func<long, bool> isServed);

    /// <summary>Adds a session.</summary>
    /// <param name="session">The session.</param>
    /// <returns>False if another session has the same number or token; nothing has changed.</returns>
    ValueTask<bool> AddAsync(SessionRecord session);

    /// <summary>Replaces the record of a session.</summary>
    /// <param name="session">The new record, with the number and the generation of the present record.</param>
    /// <returns>False if there is no session with this number and generation; nothing has changed.</returns>
    ValueTask<bool> UpdateAsync(SessionRecord session);

    /// <summary>
    /// Resumes a session: increments its generation and marks it as not away. The claimed token must be the session's <see cref="SessionRecord.Token"/>,
    /// or its <see cref="SessionRecord.NextToken"/>, which then becomes its token. In both cases <see cref="SessionClaim.NextToken"/> becomes its next token.
    /// </summary>
    /// <param name="claim">The tokens and the principal of the client.</param>
    /// <returns>
    /// The new record. Null if no session has the token, the session belongs to another principal, or another session has the next token; nothing has changed.
    /// </returns>
    ValueTask<SessionRecord?> ResumeAsync(SessionClaim claim);

    /// <summary>Ends a session, so that no client can resume it.</summary>
    /// <param name="number">The number of the session.</param>
    /// <param name="generation">The generation of the session that the caller knows.</param>
    /// <returns>
    /// True if the session has ended, now or before, so that a call with an unknown outcome can be repeated.
    /// False if the store has another generation of the session, which continues.
    /// </returns>
    ValueTask<bool> EndAsync(long number, int generation);
}
