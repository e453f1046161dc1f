namespace TPacket.Server;

/// <summary>
/// Keeps which user has which nick, for servers that share their users. <see cref="UniqueNickPolicy"/> says what a nick is compared by, and asks this. One instance serves the whole server; its members are called from many
/// threads, event loops among them: they may wait, and must not block.
/// </summary>
public interface INickStore
{
    /// <summary>Called with the id of a user that has lost its nick, since this server has lost what it held, or another server had the nick first. The engine closes its connection with 1013.</summary>
    Action<int>? Lost { get; set; }

    /// <summary>Reserves a nick for a user, atomically. A user may reserve a nick that reads the same, or the same one, several times: it holds the nick until each is released.</summary>
    /// <param name="claim">The nick.</param>
    /// <param name="owner">The user's id, which is the same on each of its connections and servers.</param>
    /// <param name="lookAlikes">Which nicks of other users that look the same count.</param>
    /// <exception cref="RoomStoreException">The store failed.</exception>
    ValueTask<NickClaimResult> ReserveAsync(NickClaim claim, int owner, NickLookAlikes lookAlikes);

    /// <summary>Ends one reservation of this server. Where the store does not answer, it makes up for that later. The nick of another user stays.</summary>
    ValueTask ReleaseAsync(NickClaim claim, int owner);
}
