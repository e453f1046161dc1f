namespace TPacket.Server.Nicks;

/// <summary>
/// Tracks the nicks of users that are leaving, and whether a room has announced the leave.
/// Does not depend on the nick policy, because a policy may depend on the rooms, which use this class. Thread-safe.
/// </summary>
internal sealed class LeavingNicks
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Leave> _leaving = new(StringComparer.OrdinalIgnoreCase);
    private TaskCompletionSource? _left;

    /// <summary>Records that the holder of a nick is about to leave.</summary>
    public void Begin(string nick)
    {
        lock (_gate)
            _leaving[nick] = _leaving.TryGetValue(nick, out var leaving) ? leaving with { Count = leaving.Count + 1 } : new Leave(1, false, null);
    }

    /// <summary>Records that the leave of a nick's holder is about to be announced to a room.</summary>
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

    /// <summary>Returns a task that completes when the leave of a nick's holder is announced. Call it between <see cref="Begin"/> and <see cref="End"/>.</summary>
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

    /// <summary>Records that the nick is released.</summary>
    public void End(string nick)
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

    /// <summary>Returns a task that completes when any nick is released; null if no announced leave of this nick is in progress.</summary>
    public Task? WhenLeft(string nick)
    {
        lock (_gate)
            return _leaving.TryGetValue(nick, out var leaving) && leaving.IsAnnounced ? (_left ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task : null;
    }

    /// <summary>The leave of a nick's holders.</summary>
    /// <param name="Count">The number of leaving holders; more than one if the policy shares nicks.</param>
    /// <param name="IsAnnounced">Whether others may have received the leave.</param>
    /// <param name="Announced">Completes when the leave is announced; null if nothing waits for it.</param>
    private readonly record struct Leave(int Count, bool IsAnnounced, TaskCompletionSource? Announced);
}
