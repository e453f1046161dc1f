namespace TPacket.Transports.Proxy;

/// <summary>The connections of a listener whose header is still to come. One timer looks at the deadlines of all of them, and runs while there are any. Thread-safe.</summary>
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

    /// <summary>A connection's header is waited for from now on.</summary>
    /// <returns>The slot that <see cref="Remove"/> is to be called with, once.</returns>
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

    /// <summary>The header is read, or the connection has ended.</summary>
    /// <returns>How long it was waited for.</returns>
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

    /// <summary>Nothing is added any more; the connections that are there keep their deadlines.</summary>
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
                Rest();
        }

        // One whose header comes at the same moment is not ended.
        foreach (var connection in late)
            connection.TimeOut();
    }

    private void Rest()
    {
        if (_disposed)
            _timer.Dispose();
        else
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
