namespace TPacket.Server;

/// <summary>Decides who may have which nick. One instance serves the whole server; its members are called from many threads, event loops among them: they may wait, and must not block.</summary>
/// <remarks>
/// The engine waits for <see cref="TPacketServerOptions.PolicyTimeout"/> at most. A user is who has its <see cref="IUser.Id"/>. A user with a session comes back on another connection, as another object with the same id, and keeps its nick meanwhile. When the server starts, it reserves the nicks of the
/// users whose sessions are in its store, all at once. A nick that the policy refuses as taken while its holder is leaving is asked for once more when it was released.
/// </remarks>
public interface INickPolicy
{
    /// <summary>
    /// Reserves a nick for a user, atomically. The engine has checked that it is UTF-8 within <see cref="TPacketServerOptions.MaxNickBytes"/>. A user that changes its nick holds the
    /// old one until the new one is announced; reserving for the same user a nick that differs only in writing succeeds.
    /// </summary>
    /// <param name="nick">What the client asked for.</param>
    /// <param name="user">Who asks; its id is set, its nick is the old one.</param>
    ValueTask<NickDecision> ReserveAsync(string nick, IUser user);

    /// <summary>Ends a reservation. Called once for each that was accepted, after the user's leaving or new nick was announced.</summary>
    /// <param name="nick">The nick as it was reserved.</param>
    /// <param name="user">Who held it.</param>
    ValueTask ReleaseAsync(string nick, IUser user);
}
