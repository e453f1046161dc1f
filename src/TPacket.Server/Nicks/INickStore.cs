namespace TPacket.Server;

/// <summary>
/// Stores the reservations of nicks of servers that share their users. <see cref="UniqueNickPolicy"/> computes
/// the values by which nicks are compared, and calls the store. One instance serves the whole server.
/// The policy calls its members from many threads, including event loops: they may await, but must not block.
/// </summary>
public interface INickStore
{
    /// <summary>
    /// Called by the store, on any thread, with the id of a user that has lost its nick: the server has lost its lease, or another server
    /// has reserved the nick first. The engine sets the delegate when the server starts, and closes the user's connection with 1013.
    /// </summary>
    Action<int>? Lost { get; set; }

    /// <summary>
    /// Reserves a nick for a user, atomically. A user can reserve the same nick, or nicks with
    /// the same reading, several times; it holds the nick until every reservation is released.
    /// </summary>
    /// <param name="claim">The values by which the nick is compared.</param>
    /// <param name="owner">The user's id, which is the same on all of its connections and servers.</param>
    /// <param name="lookAlikes">Which look-alike nicks of other users prevent the reservation.</param>
    /// <exception cref="RoomStoreException">The store failed.</exception>
    ValueTask<NickClaimResult> ReserveAsync(NickClaim claim, int owner, NickLookAlikes lookAlikes);

    /// <summary>
    /// Releases one reservation of this server. If the store does not answer,
    /// the implementation must retry later. The call does not release the nick of another user.
    /// </summary>
    /// <param name="claim">The values by which the nick is compared.</param>
    /// <param name="owner">The user's id.</param>
    ValueTask ReleaseAsync(NickClaim claim, int owner);
}
