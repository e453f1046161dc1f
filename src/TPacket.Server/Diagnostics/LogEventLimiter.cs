using Microsoft.Extensions.Logging;

namespace TPacket.Server.Diagnostics;

/// <summary>Limits the rate of one event id of a log category, and counts the events that were dropped. Guarded by the lock of the <see cref="LogQueue"/>.</summary>
/// <param name="log">The host's log.</param>
/// <param name="id">The event id.</param>
internal sealed class LogEventLimiter(ILogger log, EventId id)
{
    // Bounds the set of exception types in applications that create types at run time.
    private const int MaxFaults = 16;

    private readonly HashSet<Type> _faults = [];
    private long? _since;
    private int _taken;

    public ILogger Log => log;

    public EventId Id => id;

    /// <summary>The number of events dropped since the last call of <see cref="TakeDropped"/>.</summary>
    public int Dropped { get; set; }

    /// <summary>Begins a new period if the current one has ended.</summary>
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
    /// <returns>False if the limit of the period is reached.</returns>
    public bool TryTake(int most)
    {
        if (_taken == most)
            return false;
        _taken++;
        return true;
    }

    /// <summary>
    /// Returns whether to log the stack trace of an exception: if it is the first of its type in the period, or if there were too many types to remember this one.
    /// </summary>
    public bool IsFirstOfType(Exception fault) => _faults.Count < MaxFaults ? _faults.Add(fault.GetType()) : !_faults.Contains(fault.GetType());

    /// <summary>Reads and resets <see cref="Dropped"/>.</summary>
    public int TakeDropped()
    {
        var count = Dropped;
        Dropped = 0;
        return count;
    }
}
