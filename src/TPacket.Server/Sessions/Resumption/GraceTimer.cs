using TPacket.WebSockets;

namespace TPacket.Server.Sessions.Resumption;

/// <summary>Calls back when the grace of a user that is away ends. One timer serves all users; it runs only while a user is away. Thread-safe.</summary>
internal sealed class GraceTimer : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SortedSet<(long Until, long Number)> _waiting = [];
    private readonly Heartbeat _heartbeat;
    private readonly Action<long> _due;
    private readonly ITimer _timer;

    /// <param name="heartbeat">The clock of the grace.</param>
    /// <param name="timeProvider">Creates the timer.</param>
    /// <param name="due">Called with the number of each session that is due, on the timer's thread.</param>
    public GraceTimer(Heartbeat heartbeat, TimeProvider timeProvider, Action<long> due)
    {
        _heartbeat = heartbeat;
        _due = due;
        _timer = timeProvider.CreateTimer(static state => ((GraceTimer)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Adds a time at which a session is due.</summary>
    /// <param name="until">
    /// The time, in milliseconds of the heartbeat. The heartbeat leaves out the time in which the process was stopped, so a stop does not shorten the grace.
    /// </param>
    /// <param name="number">The number of the session.</param>
    public void Add(long until, long number)
    {
        lock (_gate)
        {
            _waiting.Add((until, number));
            if (_waiting.Min == (until, number))
                Arm();
        }
    }

    /// <summary>Removes a time of a session.</summary>
    public void Remove(long until, long number)
    {
        lock (_gate)
            _waiting.Remove((until, number));
    }

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        var now = _heartbeat.PreciseNow;
        List<long> due = [];
        lock (_gate)
        {
            while (_waiting.Count > 0 && _waiting.Min is var first && first.Until <= now)
            {
                _waiting.Remove(first);
                due.Add(first.Number);
            }

            Arm();
        }

        foreach (var number in due)
            _due(number);
    }

    private void Arm()
    {
        if (_waiting.Count > 0)
            _timer.Change(TimeSpan.FromMilliseconds(Math.Clamp(_waiting.Min.Until - _heartbeat.PreciseNow, 1, int.MaxValue)), Timeout.InfiniteTimeSpan);
    }
}
