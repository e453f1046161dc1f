namespace TPacket.WebSockets.Connection;

/// <summary>
/// The clock of deadlines. It excludes pauses of the process (a stop signal, a paused container, a suspended machine, a long garbage collection), during which no input could be read. One thread at a
/// time may call <see cref="Beat"/>; any thread may read the time.
/// </summary>
/// <param name="timeProvider">The underlying clock.</param>
/// <param name="period">Time between two beats.</param>
internal sealed class HeartbeatClock(TimeProvider timeProvider, TimeSpan period)
{
    // In milliseconds. The tolerance covers the usual delay of a timer on a busy machine, and is the time that event loops have to read the input that arrived during a pause.
    private const long MinTolerance = 1000;

    private readonly long _start = timeProvider.GetTimestamp();
    private readonly long _period = (long)period.TotalMilliseconds;
    private readonly long _tolerance = Math.Max(MinTolerance, (long)period.TotalMilliseconds);
    private long _now;
    private long _excluded;
    private long _resumeAt;
    private bool _wasLate;

    /// <summary>Time of the last beat in milliseconds since the start.</summary>
    public long Now => Volatile.Read(ref _now);

    /// <summary>
    /// Current time in milliseconds since the start. At most the latest time at which the next beat is still on time, so that a pause that was not detected yet does not extend new deadlines.
    /// </summary>
    public long PreciseNow => Math.Min(Elapsed - Volatile.Read(ref _excluded), Now + _period + _tolerance);

    /// <summary>Current timestamp of the underlying clock. Includes pauses.</summary>
    public long Timestamp => timeProvider.GetTimestamp();

    /// <summary>Number of timestamps per second.</summary>
    public long TimestampFrequency => timeProvider.TimestampFrequency;

    /// <summary>Current date and time.</summary>
    public DateTimeOffset UtcNow => timeProvider.GetUtcNow();

    private long Elapsed => (long)timeProvider.GetElapsedTime(_start).TotalMilliseconds;

    /// <summary>Advances the time.</summary>
    /// <returns>
    /// Whether deadlines may be checked. False at a late beat, and until the tolerance has passed after it. True at the second of two consecutive late beats, so that deadlines expire on a machine
    /// that is always late.
    /// </returns>
    public bool Beat()
    {
        var elapsed = Elapsed;
        var sinceLast = elapsed - _excluded - _now;
        if (sinceLast <= _period + _tolerance)
        {
            Volatile.Write(ref _now, _now + sinceLast);
            if (elapsed < _resumeAt)
                return false;
            _wasLate = false;
            return true;
        }

        Volatile.Write(ref _excluded, _excluded + sinceLast - _period);
        Volatile.Write(ref _now, _now + _period);
        _wasLate = !_wasLate;
        if (_wasLate)
            _resumeAt = elapsed + _tolerance;
        return !_wasLate;
    }
}
