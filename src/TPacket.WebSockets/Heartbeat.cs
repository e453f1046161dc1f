using TPacket.WebSockets.Connection;

namespace TPacket.WebSockets;

/// <summary>
/// The timer that all connections of a server share: it tells each connection the time, so that no connection needs a timer of its own for its deadlines. Also the coarse clock that hot paths
/// read instead of the real one. Thread-safe.
/// </summary>
/// <remarks>
/// Its time leaves out what the process has not lived through: after a beat that comes more than a second and a period too late, time goes on as if it had come in time, and no connection is told
/// for a second or a period, whichever is longer, so that what has arrived meanwhile is read before a deadline is judged. Nor are connections told while the thread pool is behind, for 10 seconds and
/// at least two beats at most.
/// </remarks>
public sealed class Heartbeat : IDisposable
{
    // A pool that stays behind for longer keeps no deadline from being judged: what the application does in its handlers must not switch them off.
    private const long LongestPoolWait = 10_000;

    // The first beat after a probe may come right behind it.
    private const long LeastSkippedBeats = 2;

    private readonly BeatClock _clock;
    private readonly PoolProbe? _pool;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly Stack<int> _free = new();
    private WebSocketConnection?[] _slots = new WebSocketConnection?[64];
    private int _used;
    private int _ticking;
    private long _probeSent;
    private long _beatsWithoutProbe;

    /// <summary>Starts the timer.</summary>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="period">How often connections are told: the resolution of their deadlines.</param>
    public Heartbeat(TimeProvider timeProvider, TimeSpan period)
        // How far the pool is says nothing about a clock that a test moves.
        : this(timeProvider, period, timeProvider == TimeProvider.System ? new PoolProbe() : null)
    {
    }

    /// <summary>Starts the timer.</summary>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="period">How often connections are told.</param>
    /// <param name="pool">Has to be back, or out for too long, for connections to be told; null where nothing depends on the thread pool.</param>
    internal Heartbeat(TimeProvider timeProvider, TimeSpan period, PoolProbe? pool)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        _clock = new BeatClock(timeProvider, period);
        _pool = pool;
        _timer = timeProvider.CreateTimer(static state => ((Heartbeat)state!).Tick(), this, period, period);
    }

    /// <summary>The time of the last beat in milliseconds since the start: late by up to a period, and free to read.</summary>
    public long Now => _clock.Now;

    /// <summary>The time now in milliseconds since the start, from the clock itself.</summary>
    public long PreciseNow => _clock.PreciseNow;

    /// <summary>The clock's timestamp now. Leaves nothing out.</summary>
    internal long Timestamp => _clock.Timestamp;

    /// <summary>Timestamps a second.</summary>
    internal long TimestampFrequency => _clock.TimestampFrequency;

    /// <summary>The time of day, from the clock itself.</summary>
    internal DateTimeOffset UtcNow => _clock.UtcNow;

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
        try
        {
            // Both are asked at every beat.
            var mayJudge = _clock.Beat();
            var now = Now;
            var isBack = _pool is null or { IsBack: true };
            _beatsWithoutProbe = isBack ? 0 : _beatsWithoutProbe + 1;
            if (!mayJudge || (!isBack && !IsProbeOverdue(now)))
                return;
            if (isBack)
            {
                _pool?.Send();
                _probeSent = now;
            }

            // A resize leaves the old array whole, so this one can be read without the lock; a connection added meanwhile waits for the next beat.
            foreach (var connection in Volatile.Read(ref _slots))
                connection?.Tick(now);
        }
        finally
        {
            Volatile.Write(ref _ticking, 0);
        }
    }

    /// <summary>Whether the pool has been waited for long enough. By the clock and not by beats alone, which a system's timer may make longer than the period; stops are left out of both.</summary>
    private bool IsProbeOverdue(long now) => _beatsWithoutProbe > LeastSkippedBeats && now - _probeSent > LongestPoolWait;
}
