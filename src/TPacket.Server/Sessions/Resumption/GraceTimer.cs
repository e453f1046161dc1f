using TPacket.WebSockets;

namespace TPacket.Server.Sessions.Resumption;

/// <summary>When the grace of users that are away is over. One timer for all of them; it runs only while somebody is away. Thread-safe.</summary>
internal sealed class GraceTimer : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SortedSet<(long Until, long Number)> _waiting = [];
    private readonly Heartbeat _heartbeat;
    private readonly Action<long> _due;
    private readonly ITimer _timer;

    /// <param name="heartbeat">The clock of the grace.</param>
    /// <param name="timeProvider">Makes the timer.</param>
    /// <param name="due">Called with the number of each session that is to be looked at, on the timer's thread.</param>
    public GraceTimer(Heartbeat heartbeat, TimeProvider timeProvider, Action<long> due)
    {
        _heartbeat = heartbeat;
        _due = due;
        _timer = timeProvider.CreateTimer(static state => ((GraceTimer)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Has a session looked at.</summary>
    /// <param name="until">When, in milliseconds of the heartbeat. That leaves out what the server has not lived through, so a server that was stopped costs nobody its grace.</param>
    /// <param name="number">The session's number.</param>
    public void Add(long until, long number)
    {
        lock (_gate)
        {
            _waiting.Add((until, number));
            if (_waiting.Min == (until, number))
                Arm();
        }
    }

    /// <summary>Has a session not looked at.</summary>
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
