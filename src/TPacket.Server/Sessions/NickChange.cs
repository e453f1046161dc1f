using System.Buffers;
using TPacket.Diagnostics;
using TPacket.Protocol;
using TPacket.Server.Nicks;
using TPacket.Server.Rooms;

namespace TPacket.Server.Sessions;

/// <summary>
/// Gives users their nicks: the policy reserves a nick, the room's log has the change, and the policy gets the old one back. A nick is reserved as long as the log may have it.
/// </summary>
internal sealed class NickChange(NickReservations nicks, UserRegistry users, TimeProvider timeProvider) : IDisposable
{
    // Valid UTF-8, but string.Normalize throws for the first: a policy need not know that.
    private static readonly SearchValues<char> _noncharacters = SearchValues.Create('\uFFFE', '\uFFFF');

    private static readonly TimeSpan _firstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestDelay = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stopping = new();

    // The source is not disposed of: it has no timer and no handle, and what waits may still ask for its token.
    public void Dispose() => _stopping.Cancel();

    /// <summary>Signs a user in, or gives it another nick.</summary>
    /// <exception cref="RoomStoreException">The store failed.</exception>
    /// <exception cref="TimeoutException">The policy did not decide in time.</exception>
    public async ValueTask<NickDecision> SetAsync(Session session, string nick)
    {
        if (!session.Rename.IsCompleted)
            throw new RoomStoreException("The store has not answered yet whether the user's last nick is in its log.", isOutcomeUnknown: true);
        if (nick.AsSpan().ContainsAny(_noncharacters))
            return NickDecision.Refuse(PacketErrorCode.NickInvalid, "A nick cannot have noncharacters.");
        await users.AssignIdAsync(session).ConfigureAwait(false);
        var decision = await nicks.ReserveAsync(nick, session).ConfigureAwait(false);
        if (!decision.IsAccepted)
            return decision;
        if (session.Member is null)
            session.SignIn(new RoomMember(session.Id, nick, users.NextSession()));
        else
            await RenameAsync(session, nick).ConfigureAwait(false);
        return decision;
    }

    private async ValueTask RenameAsync(Session session, string nick)
    {
        var before = session.Member!;
        var renamed = before.WithNick(nick);
        if (session.CurrentRoom is not { } room)
        {
            await TakeNickAsync(session, renamed).ConfigureAwait(false);
            await nicks.ReleaseAsync(before.Nick, session).ConfigureAwait(false);
            return;
        }

        AppendResult result;
        try
        {
            result = await room.RenameAsync(session, renamed).ConfigureAwait(false);
        }
        catch (RoomStoreException e) when (e.IsOutcomeUnknown)
        {
            session.Rename = SettleAsync(session, room, before, renamed);
            throw;
        }
        catch
        {
            await nicks.ReleaseAsync(renamed.Nick, session).ConfigureAwait(false);
            throw;
        }

        await TakeAsync(result, session, before, renamed).ConfigureAwait(false);
        if (!result.IsAppended)
            throw new RoomStoreException($"The log of room '{Printable.Escape(room.Name)}' does not rename user {before.Id}: {result.Status}.", isOutcomeUnknown: false);
    }

    /// <summary>Asks until the store says whether the log has the change. Until then both nicks are reserved.</summary>
    private async Task SettleAsync(Session session, Room room, RoomMember before, RoomMember renamed)
    {
        for (var delay = _firstDelay; ; delay = delay * 2 < _longestDelay ? delay * 2 : _longestDelay)
        {
            await Task.Delay(delay, timeProvider, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stopping.IsCancellationRequested)
                return;
            try
            {
                var result = await room.RenameAsync(session, renamed).ConfigureAwait(false);
                await TakeAsync(result, session, before, renamed).ConfigureAwait(false);
                return;
            }
            catch (RoomStoreException)
            {
                // The room's departures log a store that stays away.
            }
        }
    }

    /// <summary>The log has said which of two nicks is the user's, whether that was delivered already or not: the other one is released.</summary>
    private async ValueTask TakeAsync(AppendResult result, Session session, RoomMember before, RoomMember renamed)
    {
        if (!result.IsAppended)
        {
            await nicks.ReleaseAsync(renamed.Nick, session).ConfigureAwait(false);
            return;
        }

        await TakeNickAsync(session, renamed).ConfigureAwait(false);
        await nicks.ReleaseAsync(before.Nick, session).ConfigureAwait(false);
    }

    private static async ValueTask TakeNickAsync(Session session, RoomMember renamed)
    {
        session.TakeNick(renamed);
        if (session.UserSession is { } kept)
            await kept.TakeNickAsync(renamed.Nick).ConfigureAwait(false);
    }
}
