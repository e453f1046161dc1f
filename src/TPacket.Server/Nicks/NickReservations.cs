using Microsoft.Extensions.Options;
using TPacket.Protocol;

namespace TPacket.Server.Nicks;

/// <summary>
/// Asks the nick policy, and waits no longer than <see cref="TPacketServerOptions.PolicyTimeout"/>. A nick that others have seen go, and that the policy has not released yet, is not refused at once: whoever has
/// received DEL_USER can have it. Thread-safe.
/// </summary>
internal sealed class NickReservations(INickPolicy policy, TimeProvider timeProvider, IOptions<TPacketServerOptions> options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Leave> _leaving = new(StringComparer.OrdinalIgnoreCase);
    private TaskCompletionSource? _left;

    /// <summary>Reserves a nick for a user.</summary>
    /// <exception cref="TimeoutException">The policy did not decide in time; what it reserves later is released.</exception>
    public async ValueTask<NickDecision> ReserveAsync(string nick, IUser user)
    {
        // Looked at before the policy is asked: a nick that is not leaving any more is free by then.
        var isLeaving = WhenLeft(nick) is not null;
        var decision = await AskAsync(nick, user).ConfigureAwait(false);
        return isLeaving && decision.Code == PacketErrorCode.NickTaken && await LeavesInTimeAsync(nick).ConfigureAwait(false)
            ? await AskAsync(nick, user).ConfigureAwait(false)
            : decision;
    }

    /// <summary>Ends a reservation.</summary>
    /// <exception cref="TimeoutException">The policy did not answer in time.</exception>
    public async ValueTask ReleaseAsync(string nick, IUser user) =>
        await policy.ReleaseAsync(nick, user).AsTask().WaitAsync(options.Value.PolicyTimeout, timeProvider).ConfigureAwait(false);

    /// <summary>Called before the holder of a nick leaves.</summary>
    public void BeginLeave(string nick)
    {
        lock (_gate)
            _leaving[nick] = _leaving.TryGetValue(nick, out var leaving) ? leaving with { Count = leaving.Count + 1 } : new Leave(1, false, null);
    }

    /// <summary>Called before others are sent that the holder of a nick has left a room.</summary>
    public void Announce(string nick)
    {
        TaskCompletionSource? announced = null;
        lock (_gate)
        {
            if (_leaving.TryGetValue(nick, out var leaving))
            {
                announced = leaving.Announced;
                _leaving[nick] = leaving with { IsAnnounced = true };
            }
        }

        announced?.TrySetResult();
    }

    /// <summary>Completes when the leave of a nick's holder has been announced. Between <see cref="BeginLeave"/> and <see cref="EndLeave"/>.</summary>
    public Task WhenAnnounced(string nick)
    {
        lock (_gate)
        {
            var leaving = _leaving[nick];
            if (leaving.IsAnnounced)
                return Task.CompletedTask;
            var announced = leaving.Announced ?? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _leaving[nick] = leaving with { Announced = announced };
            return announced.Task;
        }
    }

    /// <summary>Called when the nick was released.</summary>
    public void EndLeave(string nick)
    {
        TaskCompletionSource? left;
        lock (_gate)
        {
            var leaving = _leaving[nick];
            if (leaving.Count == 1)
                _leaving.Remove(nick);
            else
                _leaving[nick] = leaving with { Count = leaving.Count - 1 };
            left = _left;
            _left = null;
        }

        left?.SetResult();
    }

    private Task? WhenLeft(string nick)
    {
        lock (_gate)
            return _leaving.TryGetValue(nick, out var leaving) && leaving.IsAnnounced ? (_left ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task : null;
    }

    /// <summary>Waits as long as a call of a store may take.</summary>
    private async ValueTask<bool> LeavesInTimeAsync(string nick)
    {
        var since = timeProvider.GetTimestamp();
        while (WhenLeft(nick) is { } left)
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

    /// <summary>A nick whose holder leaves.</summary>
    /// <param name="Count">How many holders leave, where a policy lets several have one nick.</param>
    /// <param name="IsAnnounced">Whether others can have seen it.</param>
    /// <param name="Announced">Completes when others can have seen it; null where nobody waits for that.</param>
    private readonly record struct Leave(int Count, bool IsAnnounced, TaskCompletionSource? Announced);
}
