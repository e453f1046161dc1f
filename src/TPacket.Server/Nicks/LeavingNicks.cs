namespace TPacket.Server.Nicks;

/// <summary>The nicks whose holders are leaving, and which of them others have seen go. It knows no policy: a policy may ask for the rooms, and rooms announce nicks here. Thread-safe.</summary>
internal sealed class LeavingNicks
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Leave> _leaving = new(StringComparer.OrdinalIgnoreCase);
    private TaskCompletionSource? _left;

    /// <summary>Called before the holder of a nick leaves.</summary>
    public void Begin(string nick)
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

    /// <summary>Completes when the leave of a nick's holder has been announced. Between <see cref="Begin"/> and <see cref="End"/>.</summary>
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

    /// <summary>Completes when a nick was released, this one or another; null where others have not seen the holder of this one go.</summary>
    public Task? WhenLeft(string nick)
    {
        lock (_gate)
            return _leaving.TryGetValue(nick, out var leaving) && leaving.IsAnnounced ? (_left ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task : null;
    }

    /// <summary>A nick whose holder leaves.</summary>
    /// <param name="Count">How many holders leave, where a policy lets several have one nick.</param>
    /// <param name="IsAnnounced">Whether others can have seen it.</param>
    /// <param name="Announced">Completes when others can have seen it; null where nobody waits for that.</param>
    private readonly record struct Leave(int Count, bool IsAnnounced, TaskCompletionSource? Announced);
}
