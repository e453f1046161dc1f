using Microsoft.Extensions.Options;
using TPacket.Protocol;

namespace TPacket.Server.Nicks;

/// <summary>
/// Asks the nick policy, and waits no longer than <see cref="TPacketServerOptions.PolicyTimeout"/>. A nick that others have seen go, and that the policy has not released yet, is not refused at once: whoever has
/// received DEL_USER can have it. Thread-safe.
/// </summary>
internal sealed class NickReservations(INickPolicy policy, LeavingNicks leaving, TimeProvider timeProvider, IOptions<TPacketServerOptions> options)
{
    /// <summary>Reserves a nick for a user.</summary>
    /// <exception cref="TimeoutException">The policy did not decide in time; what it reserves later is released.</exception>
    public async ValueTask<NickDecision> ReserveAsync(string nick, IUser user)
    {
        // Looked at before the policy is asked: a nick that is not leaving any more is free by then.
        var isLeaving = leaving.WhenLeft(nick) is not null;
        var decision = await AskAsync(nick, user).ConfigureAwait(false);
        return isLeaving && decision.Code == PacketErrorCode.NickTaken && await LeavesInTimeAsync(nick).ConfigureAwait(false)
            ? await AskAsync(nick, user).ConfigureAwait(false)
            : decision;
    }

    /// <summary>Ends a reservation.</summary>
    /// <exception cref="TimeoutException">The policy did not answer in time.</exception>
    public async ValueTask ReleaseAsync(string nick, IUser user) =>
        await policy.ReleaseAsync(nick, user).AsTask().WaitAsync(options.Value.PolicyTimeout, timeProvider).ConfigureAwait(false);

    /// <summary>Waits as long as a call of a store may take.</summary>
    private async ValueTask<bool> LeavesInTimeAsync(string nick)
    {
        var since = timeProvider.GetTimestamp();
        while (leaving.WhenLeft(nick) is { } left)
        {
            var rest = options.Value.StoreTimeout - timeProvider.GetElapsedTime(since);
            if (rest <= TimeSpan.Zero)
                return false;
            try
            {
                await left.WaitAsync(rest, timeProvider).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return false;
            }
        }

        return true;
    }

    private async ValueTask<NickDecision> AskAsync(string nick, IUser user)
    {
        var reserving = policy.ReserveAsync(nick, user);
        if (reserving.IsCompletedSuccessfully)
            return reserving.Result;
        var task = reserving.AsTask();
        try
        {
            return await task.WaitAsync(options.Value.PolicyTimeout, timeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            _ = ReleaseLateAsync(task, nick, user);
            throw;
        }
    }

    /// <summary>A reservation that comes after nobody waits for it any more is given back.</summary>
    private async Task ReleaseLateAsync(Task<NickDecision> reserving, string nick, IUser user)
    {
        try
        {
            if ((await reserving.ConfigureAwait(false)).IsAccepted)
                await policy.ReleaseAsync(nick, user).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The policy was given up on, and that was logged.
        }
    }
}
