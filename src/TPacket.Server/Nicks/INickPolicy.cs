namespace TPacket.Server;

/// <summary>
/// Decides which user may have which nick. One instance serves the whole server, unless its constructor takes scoped services.
/// The engine calls its members from many threads, including event loops: they may await, but must not block.
/// </summary>
/// <remarks>
/// <para>
/// The engine waits at most <see cref="TPacketServerOptions.PolicyTimeout"/>. Compare users by <see cref="IUser.Id"/>:
/// a user that resumes its session has another object with the same id, and keeps its nick.
/// </para>
/// <para>
/// When the server starts, it reserves the nicks of the sessions in the store, several at once. If the policy refuses a nick
/// as taken while the holder of the nick is leaving, the engine calls the policy again after it has released the nick.
/// </para>
/// </remarks>
public interface INickPolicy
{
    /// <summary>
    /// Reserves a nick for a user, atomically. The engine has checked that the nick is UTF-8 of at most
    /// <see cref="TPacketServerOptions.MaxNickBytes"/> bytes. A user that changes its nick holds the old nick until
    /// the room has announced the new nick, so a reservation of the user's own nick in another spelling must succeed.
    /// </summary>
    /// <param name="nick">The requested nick.</param>
    /// <param name="user">The user. Its id is set, and its nick is the previous nick.</param>
    ValueTask<NickDecision> ReserveAsync(string nick, IUser user);

    /// <summary>Releases a reservation. Called once per accepted reservation, after the user has left or its new nick is announced.</summary>
    /// <param name="nick">The nick as reserved.</param>
    /// <param name="user">The holder of the nick.</param>
    ValueTask ReleaseAsync(string nick, IUser user);
}
