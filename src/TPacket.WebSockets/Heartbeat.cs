namespace TPacket.WebSockets;

/// <summary>
/// The one timer of a server: it tells every connection how late it is, so that none needs a timer of its own. Also the coarse clock that
/// hot paths read instead of the real one. Thread-safe.
/// </summary>
public sealed class Heartbeat : IDisposable
{
    private readonly TimeProvider _timeProvider;
    private readonly long _start;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly Stack<int> _free = new();
    private WebSocketConnection?[] _slots = new WebSocketConnection?[64];
    private int _used;
    private int _ticking;
    private long _now;

    /// <summary>Starts the timer.</summary>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="period">How often connections are told: the resolution of their deadlines.</param>
    public Heartbeat(TimeProvider timeProvider, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        _timeProvider = timeProvider;
        _start = timeProvider.GetTimestamp();
        _timer = timeProvider.CreateTimer(static state => ((Heartbeat)state!).Tick(), this, period, period);
    }

    /// <summary>The time of the last beat in milliseconds since the start: late by up to a period, and free to read.</summary>
    public long Now => Volatile.Read(ref _now);

    /// <summary>The time now in milliseconds since the start, from the clock itself.</summary>
    public long PreciseNow => (long)_timeProvider.GetElapsedTime(_start).TotalMilliseconds;

    /// <summary>The clock's timestamp now.</summary>
    internal long Timestamp => _timeProvider.GetTimestamp();

    /// <summary>Timestamps a second.</summary>
    internal long TimestampFrequency => _timeProvider.TimestampFrequency;

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    internal int Add(WebSocketConnection connection)
    {
        lock (_gate)
        {
            if (!_free.TryPop(out var slot))
            {
                slot = _used++;
                if (slot == _slots.Length)
                    Array.Resize(ref _slots, slot * 2);
            }

            _slots[slot] = connection;
            return slot;
        }
    }

    internal void Remove(int slot)
    {
        lock (_gate)
        {
            _slots[slot] = null;
            _free.Push(slot);
        }
    }

    private void Tick()
    {
        // A beat that overtakes a slow one would only tell the same connections the same time.
        if (Interlocked.Exchange(ref _ticking, 1) != 0)
            return;
        var now = PreciseNow;
        Volatile.Write(ref _now, now);
        // A resize leaves the old array whole, so this one can be read without the lock; a connection added meanwhile waits for the next beat.
        var slots = Volatile.Read(ref _slots);
        try
        {
            foreach (var connection in slots)
                connection?.Tick(now);
        }
        finally
        {
            Volatile.Write(ref _ticking, 0);
        }
    }
}
