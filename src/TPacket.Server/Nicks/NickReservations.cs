using Microsoft.Extensions.Options;
using TPacket.Protocol;

namespace TPacket.Server.Nicks;

/// <summary>
/// Calls the nick policy with a deadline of <see cref="TPacketServerOptions.PolicyTimeout"/>. If the holder of a nick is leaving and its leave is announced,
/// waits for the release of the nick and calls the policy again, so that a client that has received DEL_USER can take the nick. Thread-safe.
/// </summary>
internal sealed class NickReservations(INickPolicy policy, LeavingNicks leaving, TimeProvider timeProvider, IOptions<TPacketServerOptions> options)
{
    /// <summary>Reserves a nick for a user.</summary>
    /// <exception cref="TimeoutException">The policy did not decide in time. A reservation that it makes later is released.</exception>
    public async ValueTask<NickDecision> ReserveAsync(string nick, IUser user)
    {
        // Read before the call of the policy: a leave that ends before the call has released the nick already, and needs no second call.
        var isLeaving = leaving.WhenLeft(nick) is not null;
        var decision = await AskAsync(nick, user).ConfigureAwait(false);
        return isLeaving && decision.Code == PacketErrorCode.NickTaken && await LeavesInTimeAsync(nick).ConfigureAwait(false)
            ? await AskAsync(nick, user).ConfigureAwait(false)
            : decision;
    }

    /// <summary>Releases a reservation.</summary>
    /// <exception cref="TimeoutException">The policy did not answer in time.</exception>
    public async ValueTask ReleaseAsync(string nick, IUser user) =>
        await policy.ReleaseAsync(nick, user).AsTask().WaitAsync(options.Value.PolicyTimeout, timeProvider).ConfigureAwait(false);

    /// <summary>Waits for the release of a nick, at most for the store timeout.</summary>
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

    /// <summary>Releases a reservation that is made after the deadline.</summary>
    private async Task ReleaseLateAsync(Task<NickDecision> reserving, string nick, IUser user)
    {
        try
        {
            if ((await reserving.ConfigureAwait(false)).IsAccepted)
                await policy.ReleaseAsync(nick, user).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The timeout was logged.
        }
    }
}
