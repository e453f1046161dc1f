namespace TPacket.Testing.Rules;

/// <summary>Virtual time. Runs due actions one after the other; actions with the same time run in the order in which they were added.</summary>
/// <param name="now">The first time, in milliseconds since the Unix epoch.</param>
/// <param name="isStopped">Called after each action; returns whether to stop.</param>
internal sealed class SimulatedTime(long now, Func<bool> isStopped) : TimeProvider
{
    private const int MaxActions = 1_000_000;

    private readonly PriorityQueue<Action, (long At, long Number)> _due = new();
    private long _added;
    private int _run;

    /// <summary>The time, in milliseconds since the Unix epoch.</summary>
    public long Now { get; private set; } = now;

    /// <summary>Whether the limit of actions is reached, so that the run seems endless.</summary>
    public bool IsEndless => _run >= MaxActions;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(Now);

    public void At(long at, Action action) => _due.Enqueue(action, (Math.Max(at, Now), _added++));

    public void After(long delay, Action action) => At(Now + delay, action);

    /// <summary>Runs all actions that are due up to a time.</summary>
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
