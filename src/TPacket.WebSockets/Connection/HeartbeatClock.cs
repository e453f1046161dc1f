namespace TPacket.WebSockets.Connection;

/// <summary>
/// The clock that deadlines are judged by. It leaves out the time in which the process did not run (stopped by a signal, in a paused container or a suspended machine, during a long garbage
/// collection): nobody could read what arrived then. One thread at a time beats; any thread reads.
/// </summary>
/// <param name="timeProvider">The clock.</param>
/// <param name="period">Time between two beats.</param>
internal sealed class HeartbeatClock(TimeProvider timeProvider, TimeSpan period)
{
    // A timer of a busy machine is late by some of this. It is also the time that the loops get to read what has arrived, before anybody is judged.
    private const long LeastTolerance = 1000;

    private readonly long _start = timeProvider.GetTimestamp();
    private readonly long _period = (long)period.TotalMilliseconds;
    private readonly long _tolerance = Math.Max(LeastTolerance, (long)period.TotalMilliseconds);
    private long _now;
    private long _leftOut;
    private long _judgeFrom;
    private bool _wasLate;

    /// <summary>The time of the last beat in milliseconds since the start.</summary>
    public long Now => Volatile.Read(ref _now);

    /// <summary>The time now in milliseconds since the start. No later than a beat that is on time: a stop that is not noticed yet makes no deadline longer.</summary>
    public long PreciseNow => Math.Min(Elapsed - Volatile.Read(ref _leftOut), Now + _period + _tolerance);

    /// <summary>The clock's timestamp now. Leaves nothing out.</summary>
    public long Timestamp => timeProvider.GetTimestamp();

    /// <summary>Timestamps a second.</summary>
    public long TimestampFrequency => timeProvider.TimestampFrequency;

    /// <summary>The time of day.</summary>
    public DateTimeOffset UtcNow => timeProvider.GetUtcNow();

    private long Elapsed => (long)timeProvider.GetElapsedTime(_start).TotalMilliseconds;

    /// <summary>Moves the time on.</summary>
    /// <returns>
    /// Whether deadlines may be judged. Not at a beat that is late, and not before the loops have had some time after it; but at the second of two late beats with none on time in between, so that a
    /// machine that is always late keeps its deadlines too.
    /// </returns>
    public bool Beat()
    {
        var elapsed = Elapsed;
        var sinceLast = elapsed - _leftOut - _now;
        if (sinceLast <= _period + _tolerance)
        {
            Volatile.Write(ref _now, _now + sinceLast);
            if (elapsed < _judgeFrom)
                return false;
            _wasLate = false;
            return true;
        }

        Volatile.Write(ref _leftOut, _leftOut + sinceLast - _period);
        Volatile.Write(ref _now, _now + _period);
        _wasLate = !_wasLate;
        if (_wasLate)
            _judgeFrom = elapsed + _tolerance;
        return !_wasLate;
    }
}
