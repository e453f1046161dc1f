using Microsoft.Extensions.Logging;

namespace TPacket.Server.Diagnostics;

/// <summary>One kind of log event, an event id of a category, and how many of it there were in the current period. Guarded by the lock of the <see cref="LogQueue"/>.</summary>
/// <param name="log">The host's log.</param>
/// <param name="id">The kind's id.</param>
internal sealed class LogEventLimiter(ILogger log, EventId id)
{
    // Types of exceptions are the application's, so there are few; the number bounds those that are made at run time.
    private const int MaxFaults = 16;

    private readonly HashSet<Type> _faults = [];
    private long? _since;
    private int _taken;

    public ILogger Log => log;

    public EventId Id => id;

    /// <summary>How many events were left out since <see cref="TakeDropped"/>.</summary>
    public int Dropped { get; set; }

    /// <summary>Begins a new period when the last one is over.</summary>
    public void Enter(TimeProvider timeProvider, TimeSpan period)
    {
        var now = timeProvider.GetTimestamp();
        if (_since is { } since && timeProvider.GetElapsedTime(since, now) < period)
            return;
        _since = now;
        _taken = 0;
        _faults.Clear();
    }

    /// <summary>Counts an event.</summary>
    /// <returns>False when the period has had as many as it may.</returns>
    public bool TryTake(int most)
    {
        if (_taken == most)
            return false;
        _taken++;
        return true;
    }

    /// <summary>Whether an exception is the first of its type in the period, so that its stack tells something.</summary>
    public bool IsFirstOfType(Exception fault) => _faults.Count < MaxFaults && _faults.Add(fault.GetType());

    /// <summary>Reads and resets <see cref="Dropped"/>.</summary>
    public int TakeDropped()
    {
        var count = Dropped;
        Dropped = 0;
        return count;
    }
}
