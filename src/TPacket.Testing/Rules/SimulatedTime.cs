namespace TPacket.Testing;

/// <summary>Virtual time: runs what is due, one action after the other. Actions of one time run in the order in which they were added.</summary>
/// <param name="now">The time to begin with, in milliseconds since the Unix epoch.</param>
/// <param name="isStopped">Asked after each action: whether no other is to run.</param>
internal sealed class SimulatedTime(long now, Func<bool> isStopped) : TimeProvider
{
    private const int MaxActions = 1_000_000;

    private readonly PriorityQueue<Action, (long At, long Number)> _due = new();
    private long _added;
    private int _run;

    /// <summary>The time, in milliseconds since the Unix epoch.</summary>
    public long Now { get; private set; } = now;

    /// <summary>Whether so many actions have run that they seem to have no end.</summary>
    public bool IsEndless => _run >= MaxActions;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Now);

    public void At(long at, Action action) => _due.Enqueue(action, (Math.Max(at, Now), _added++));

    public void After(long delay, Action action) => At(Now + delay, action);

    /// <summary>Runs whatever is due up to a time.</summary>
    public void RunUntil(long until)
    {
        while (_due.TryPeek(out _, out var next) && next.At <= until && !isStopped() && !IsEndless)
        {
            _run++;
            Now = next.At;
            _due.Dequeue()();
        }

        if (until != long.MaxValue)
            Now = Math.Max(Now, until);
    }
}
