namespace TPacket.Server;

/// <summary>
/// Keeps the sessions of users, so that they outlive their connections, and, with a store that lasts, the server. One instance serves the whole server; its members are called from many threads, event loops among them: they may
/// wait, and must not block.
/// </summary>
/// <remarks>
/// Each member is one atomic step. One that throws a <see cref="RoomStoreException"/> says by <see cref="RoomStoreException.IsOutcomeUnknown"/> whether it may have taken effect; any other exception counts as unknown. The engine
/// waits for <see cref="TPacketServerOptions.StoreTimeout"/> at most.
/// </remarks>
public interface ISessionStore
{
    /// <summary>
    /// Whether other servers use the same sessions at the same time. A session that is resumed here may then be served by another of them, which finds out by the <see cref="RoomEventKind.Returned"/> in the log of the user's
    /// room, or by a call that is refused because of the generation.
    /// </summary>
    bool IsShared => false;

    /// <summary>
    /// Gives the server the sessions that servers have left behind which run no more, each once; called before the first client comes, and once a second after that where the store <see cref="IsShared"/>. A shared store also gives
    /// those that are this server's by the store and that it does not serve for longer than a call may take: the answer to a call was lost. A store that does not last has none.
    /// </summary>
    /// <param name="isServed">Whether this server serves the session of a number, or is about to end it. Does not block.</param>
    ValueTask<IReadOnlyList<OrphanedSession>> TakeOverAsync(Func<long, bool> isServed);

    /// <summary>Adds a session, which <see cref="SessionRecord.Number"/> names.</summary>
    /// <returns>False when another session is known by its token; nothing has changed.</returns>
    ValueTask<bool> AddAsync(SessionRecord session);

    /// <summary>Replaces the record of a session.</summary>
    /// <returns>False when there is no session of that number and generation; nothing has changed.</returns>
    ValueTask<bool> UpdateAsync(SessionRecord session);

    /// <summary>
    /// Resumes a session: raises its generation by one and has it no longer away. It is the one whose <see cref="SessionRecord.Token"/> is presented, or whose <see cref="SessionRecord.NextToken"/> is, which then becomes its token.
    /// <see cref="SessionClaim.NextToken"/> becomes its next one in either case.
    /// </summary>
    /// <returns>The new record; null when no session is known by the token, when it is another principal's, or when another session is known by the next token. Nothing has changed then.</returns>
    ValueTask<SessionRecord?> ResumeAsync(SessionClaim claim);

    /// <summary>Ends a session: nobody can resume it any more.</summary>
    /// <returns>
    /// Whether the session is over, also where it was so before: a call whose outcome is unknown is repeated. False when the store has another generation of it, which lives on.
    /// </returns>
    ValueTask<bool> EndAsync(long number, int generation);
}
