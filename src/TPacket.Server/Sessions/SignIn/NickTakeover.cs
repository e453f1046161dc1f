using TPacket.Server.Nicks;
using TPacket.Server.Sessions.Resumption;

namespace TPacket.Server.Sessions.SignIn;

/// <summary>Removes users of this server whose principal signs in again under their nick. It does not wait for the end of their connections: a peer that has vanished is detected late.</summary>
internal sealed class NickTakeover(UserRegistry users, SessionEnd end, UserLeave leaves)
{
    /// <summary>Disconnects the users of a principal that have a nick, in any spelling, and ends their sessions.</summary>
    /// <param name="nick">The nick that the principal signs in under.</param>
    /// <param name="principal">The hash of the principal's name.</param>
    /// <returns>Completes when the users have left and the nick is free, or a store has failed; null when the principal has no such user here.</returns>
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
        // Before its session is read: no session can begin any more.
        await SessionHandover.SupersedeAsync(connection).ConfigureAwait(false);
        if (connection.UserSession is { } session)
            await end.TakeOverAsync(session).ConfigureAwait(false);
        else
            await leaves.LeaveAsync(connection).ConfigureAwait(false);
    }
}
