using System.Buffers;
using Microsoft.Extensions.Logging;
using TPacket.Diagnostics;
using TPacket.Protocol;
using TPacket.Server.Diagnostics;
using TPacket.Server.Nicks;
using TPacket.Server.Rooms;
using TPacket.Server.Sessions.Resumption;

namespace TPacket.Server.Sessions.SignIn;

/// <summary>
/// Signs users in and renames them: the policy reserves the new nick, the room's log receives the change,
/// and the policy releases the old nick. A nick stays reserved as long as the log may have it.
/// </summary>
internal sealed class NickChange(
    NickReservations nicks, NickSuccession succession, UserRegistry users, ServerMetrics metrics, TimeProvider timeProvider, ILogger<Session> logger) : IDisposable
{
    // UTF-8 can encode both characters, but string.Normalize throws for U+FFFE. Policies do not have to handle them.
    private static readonly SearchValues<char> _noncharacters = SearchValues.Create('\uFFFE', '\uFFFF');

    private static readonly TimeSpan _firstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestDelay = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stopping = new();

    // The source is not disposed of: it has no timer and no handle, and a pending wait may still read its token.
    public void Dispose() => _stopping.Cancel();

    /// <summary>Signs a user in, or renames it.</summary>
    /// <exception cref="RoomStoreException">The store failed.</exception>
    /// <exception cref="TimeoutException">The policy did not decide in time.</exception>
    public ValueTask<NickDecision> SetAsync(Session session, string nick) => session.UserSession is { } kept ? SetKeptAsync(kept, session, nick) : SetNickAsync(session, nick);

    /// <summary>Renames a user with a session. The session's gate keeps other connections from taking the user over meanwhile.</summary>
    private async ValueTask<NickDecision> SetKeptAsync(UserSession kept, Session session, string nick)
    {
        if (!await kept.TryEnterAsync().ConfigureAwait(false))
            throw new RoomStoreException("The session of the user is busy.", isOutcomeUnknown: false);
        try
        {
            return kept.Connection == session
                ? await SetNickAsync(session, nick).ConfigureAwait(false)
                : NickDecision.Refuse(PacketErrorCode.Refused, "The session is on another connection.");
        }
        finally
        {
            kept.Exit();
        }
    }

    private async ValueTask<NickDecision> SetNickAsync(Session session, string nick)
    {
        if (!session.Pending.Rename.IsCompleted)
            throw new RoomStoreException("The store has not answered the user's last change of nick yet.", isOutcomeUnknown: true);
        if (nick.AsSpan().ContainsAny(_noncharacters))
            return NickDecision.Refuse(PacketErrorCode.NickInvalid, "A nick cannot have noncharacters.");
        await users.AssignIdAsync(session).ConfigureAwait(false);
        var decision = await nicks.ReserveAsync(nick, session).ConfigureAwait(false);
        if (decision.Code == PacketErrorCode.NickTaken && session.Member is null)
            decision = await succession.SucceedAsync(nick, session, decision).ConfigureAwait(false);
        if (!decision.IsAccepted)
            return decision;
        if (session.Member is null)
            SignIn(session, nick);
        else if (session.UserSession is not null)
            await RenameAsync(session, nick).ConfigureAwait(false);
        else if (!await TryRenameAsync(session, nick).ConfigureAwait(false))
            return NickDecision.Refuse(PacketErrorCode.Refused, "The user has left.");
        return decision;
    }

    private void SignIn(Session session, string nick)
    {
        session.SignIn(new RoomMember(session.Id, nick, users.NextSession()));
        users.Add(session);
        metrics.UserSignedIn();
        if (logger.IsEnabled(LogLevel.Debug))
            SessionLog.SignedIn(logger, session.Member!, session.RemoteEndPoint);
    }

    /// <summary>
    /// Renames a user without a session. The user may have left while the policy reserved the nick; then this method
    /// releases the nick, because no later step would. A leave that begins during the change waits for the change.
    /// </summary>
    /// <returns>False if the user has left, and the nick is released.</returns>
    private async ValueTask<bool> TryRenameAsync(Session session, string nick)
    {
        while (!session.Moves.TryEnter())
            await session.Moves.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!session.HasEnded)
            {
                await RenameAsync(session, nick).ConfigureAwait(false);
                return true;
            }
        }
        finally
        {
            session.Moves.Exit();
        }

        await nicks.ReleaseAsync(nick, session).ConfigureAwait(false);
        return false;
    }

    private async ValueTask RenameAsync(Session session, string nick)
    {
        var before = session.Member!;
        var renamed = before.WithNick(nick);
        if (session.CurrentRoom is not { } room)
        {
            await TakeKeptAsync(session, before, renamed).ConfigureAwait(false);
            return;
        }

        AppendResult result;
        try
        {
            result = await room.RenameAsync(session, renamed).ConfigureAwait(false);
        }
        catch (RoomStoreException e) when (e.IsOutcomeUnknown)
        {
            session.Pending.Rename = SettleAsync(session, room, before, renamed);
            throw;
        }
        catch
        {
            await nicks.ReleaseAsync(renamed.Nick, session).ConfigureAwait(false);
            throw;
        }

        if (result.IsAppended)
        {
            await TakeKeptAsync(session, before, renamed).ConfigureAwait(false);
        }
        else
        {
            await nicks.ReleaseAsync(renamed.Nick, session).ConfigureAwait(false);
            throw new RoomStoreException($"The log of room '{Printable.Escape(room.Name)}' rejects the new nick of user {before.Id}: {result.Status}.", isOutcomeUnknown: false);
        }
    }

    /// <summary>
    /// Sets the new nick and releases the old nick. The outcome is unknown until the store
    /// of sessions has the new nick, because on another server the user would have the old nick.
    /// </summary>
    private async ValueTask TakeKeptAsync(Session session, RoomMember before, RoomMember renamed)
    {
        var isKept = await TakeNickAsync(session, renamed).ConfigureAwait(false);
        await nicks.ReleaseAsync(before.Nick, session).ConfigureAwait(false);
        if (isKept)
            return;
        session.Pending.Rename = KeepAsync(session.UserSession!);
        throw new RoomStoreException($"The store of sessions does not have the new nick of user {before.Id} yet.", isOutcomeUnknown: true);
    }

    /// <summary>Writes the nick to the store of sessions, and retries until the store has the nick or the session has ended.</summary>
    private async Task KeepAsync(UserSession session)
    {
        for (var delay = _firstDelay; !session.HasEnded; delay = NextDelay(delay))
        {
            await Task.Delay(delay, timeProvider, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stopping.IsCancellationRequested || await session.TryKeepAsync().ConfigureAwait(false))
                return;
        }
    }

    private static TimeSpan NextDelay(TimeSpan delay) => delay * 2 < _longestDelay ? delay * 2 : _longestDelay;

    /// <summary>Retries a change with an unknown outcome until the store answers. Both nicks stay reserved until then.</summary>
    private async Task SettleAsync(Session session, Room room, RoomMember before, RoomMember renamed)
    {
        for (var delay = _firstDelay; ; delay = NextDelay(delay))
        {
            await Task.Delay(delay, timeProvider, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stopping.IsCancellationRequested)
                return;
            try
            {
                var result = await room.RenameAsync(session, renamed).ConfigureAwait(false);
                if (!result.IsAppended)
                {
                    await nicks.ReleaseAsync(renamed.Nick, session).ConfigureAwait(false);
                    return;
                }

                var isKept = await TakeNickAsync(session, renamed).ConfigureAwait(false);
                await nicks.ReleaseAsync(before.Nick, session).ConfigureAwait(false);
                if (!isKept)
                    await KeepAsync(session.UserSession!).ConfigureAwait(false);
                return;
            }
            catch (RoomStoreException)
            {
                // PendingLeaves logs a store that does not answer.
            }
        }
    }

    /// <summary>Sets the nick here and in the store of sessions.</summary>
    /// <returns>False if the store does not have the new nick, so that other servers would use the old nick.</returns>
    private static async ValueTask<bool> TakeNickAsync(Session session, RoomMember renamed)
    {
        session.Rename(renamed);
        return session.UserSession is not { } kept || await kept.TakeNickAsync(renamed.Nick).ConfigureAwait(false);
    }
}
