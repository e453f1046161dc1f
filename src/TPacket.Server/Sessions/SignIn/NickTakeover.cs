using TPacket.Server.Nicks;
using TPacket.Server.Sessions.Resumption;

namespace TPacket.Server.Sessions.SignIn;

/// <summary>
/// Removes users of this server when their principal signs in again with the same nick.
/// Does not wait for the end of their connections, because the server detects a vanished peer late.
/// </summary>
internal sealed class NickTakeover(UserRegistry users, SessionEnd end, UserLeave leaves)
{
    /// <summary>Disconnects the users of a principal that have a nick, in any spelling, and ends their sessions.</summary>
    /// <param name="nick">The nick with which the principal signs in.</param>
    /// <param name="principal">The hash of the principal's name.</param>
    /// <returns>A task that completes when the users have left and the nick is free, or a store has failed; null if the principal has no such user here.</returns>
    public Task? Begin(string nick, SecretHash principal)
    {
        var reading = NickText.ReadingOf(nick);
        List<Task>? leaving = null;
        foreach (var user in users.All)
        {
            if (PrincipalOf(user) == principal && NickText.ReadingOf(user.Nick) == reading)
                (leaving ??= []).Add(user is Session connection ? TakeAsync(connection) : end.TakeOverAsync(((AwayUser)user).Session));
        }

        return leaving is null ? null : Task.WhenAll(leaving);
    }

    private static SecretHash? PrincipalOf(IUser user) => user switch
    {
        Session connection => connection.Handshake?.HashedPrincipal,
        AwayUser away => away.Session.Record.Principal,
        _ => null,
    };

    private async Task TakeAsync(Session connection)
    {
        // Superseded before its session is read: from then on, no session can begin on this connection.
        await SessionHandover.SupersedeAsync(connection).ConfigureAwait(false);
        if (connection.UserSession is { } session)
            await end.TakeOverAsync(session).ConfigureAwait(false);
        else
            await leaves.LeaveAsync(connection).ConfigureAwait(false);
    }
}
