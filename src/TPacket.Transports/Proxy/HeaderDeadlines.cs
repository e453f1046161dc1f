namespace TPacket.Transports.Proxy;

/// <summary>
/// The deadlines of a listener's connections that have not sent their PROXY header. One timer checks all of them, and runs only while such
/// connections exist. Thread-safe.
/// </summary>
internal sealed class HeaderDeadlines : IDisposable
{
    private readonly TimeProvider _timeProvider;
    private readonly TimeSpan _timeout;
    private readonly TimeSpan _period;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly Stack<int> _free = new();
    private readonly List<(ProxiedConnection? Connection, long Since)> _slots = [];
    private bool _disposed;

    public HeaderDeadlines(ProxyOptions options, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _timeout = options.HeaderTimeout;
        _period = options.DeadlinePeriod < _timeout ? options.DeadlinePeriod : _timeout;
        _timer = timeProvider.CreateTimer(static state => ((HeaderDeadlines)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Begins to wait for the header of a connection.</summary>
    /// <returns>The slot to pass to <see cref="Remove"/> once.</returns>
    public int Add(ProxiedConnection connection)
    {
        lock (_gate)
        {
            if (_free.Count == _slots.Count)
                _timer.Change(_period, _period);
            if (!_free.TryPop(out var slot))
            {
                slot = _slots.Count;
                _slots.Add(default);
            }

            _slots[slot] = (connection, _timeProvider.GetTimestamp());
            return slot;
        }
    }

    /// <summary>Ends the wait, because the header was read or the connection has ended.</summary>
    /// <returns>The time since <see cref="Add"/>.</returns>
    public TimeSpan Remove(int slot)
    {
        lock (_gate)
        {
            var waited = _timeProvider.GetElapsedTime(_slots[slot].Since);
            _slots[slot] = default;
            _free.Push(slot);
            return waited;
        }
    }

    /// <summary>Disposes of the timer as soon as no connection waits. Nothing may be added afterwards; waiting connections keep their deadlines.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            if (_free.Count == _slots.Count)
                _timer.Dispose();
        }
    }

    private void Tick()
    {
        var late = new List<ProxiedConnection>();
        lock (_gate)
        {
            var now = _timeProvider.GetTimestamp();
            foreach (var (connection, since) in _slots)
            {
                if (connection is not null && _timeProvider.GetElapsedTime(since, now) >= _timeout)
                    late.Add(connection);
            }

            if (_free.Count == _slots.Count)
                StopTimer();
        }

        // The late connections are ended outside the lock. A connection whose header arrives at the same time is not ended.
        foreach (var connection in late)
            connection.TimeOut();
    }

    private void StopTimer()
    {
        if (_disposed)
            _timer.Dispose();
        else
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
