using TPacket.WebSockets.Connection;

namespace TPacket.WebSockets;

/// <summary>
/// A timer that many connections share. At each beat it calls all connections, so that no connection needs its own timer for deadlines. It is also a coarse clock that costs nothing to read.
/// Thread-safe.
/// </summary>
/// <remarks>
/// The heartbeat's time excludes pauses of the process, such as a stopped or suspended machine or a long garbage collection. When a beat is late by more than a second or the period, whichever is
/// longer, the time advances by one period only, and the heartbeat calls no connection for the same span. Therefore connections read the data that has arrived during the pause before their deadlines
/// are checked. The heartbeat also calls no connection while the thread pool is behind with its queue, for at most 10 seconds or two beats, whichever is longer.
/// </remarks>
public sealed class Heartbeat : IDisposable
{
    // In milliseconds. If the pool stays behind for longer, deadlines are checked anyway: handlers that block the pool must not disable them.
    private const long MaxProbeWait = 10_000;

    // The first beat after a probe was sent may follow at once.
    private const long MinSkippedBeats = 2;

    private readonly HeartbeatClock _clock;
    private readonly ThreadPoolProbe? _probe;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly Stack<int> _free = new();
    private WebSocketConnection?[] _slots = new WebSocketConnection?[64];
    private int _used;
    private int _ticking;
    private long _probeSent;
    private long _beatsSkipped;

    /// <summary>Starts the timer.</summary>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="period">Time between two beats: the resolution of the connections' deadlines.</param>
    public Heartbeat(TimeProvider timeProvider, TimeSpan period)
        // A clock that a test advances is independent of the thread pool's load.
        : this(timeProvider, period, timeProvider == TimeProvider.System ? new ThreadPoolProbe() : null)
    {
    }

    /// <summary>Starts the timer.</summary>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="period">Time between two beats.</param>
    /// <param name="probe">Detects that the thread pool is behind; null if the connections do not read on the thread pool.</param>
    internal Heartbeat(TimeProvider timeProvider, TimeSpan period, ThreadPoolProbe? probe)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        _clock = new HeartbeatClock(timeProvider, period);
        _probe = probe;
        _timer = timeProvider.CreateTimer(static state => ((Heartbeat)state!).Tick(), this, period, period);
    }

    /// <summary>Time of the last beat in milliseconds since the heartbeat's start; up to one period old.</summary>
    public long Now => _clock.Now;

    /// <summary>Current time in milliseconds since the heartbeat's start, read from the clock.</summary>
    public long PreciseNow => _clock.PreciseNow;

    /// <summary>Current timestamp of the clock. Includes pauses of the process.</summary>
    internal long Timestamp => _clock.Timestamp;

    /// <summary>Number of timestamps per second.</summary>
    internal long TimestampFrequency => _clock.TimestampFrequency;

    /// <summary>Current date and time of the clock.</summary>
    internal DateTimeOffset UtcNow => _clock.UtcNow;

    /// <summary>Stops the timer. The deadlines of connections that are still open no longer expire.</summary>
    public void Dispose() => _timer.Dispose();

    /// <summary>Adds a connection to call at each beat.</summary>
    /// <returns>The connection's slot, for <see cref="Remove"/>.</returns>

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
        // Skips a beat while the last beat still runs.
        if (Interlocked.Exchange(ref _ticking, 1) != 0)
            return;
        try
        {
            var isOnTime = _clock.Beat();
            var now = Now;
            var isProbeBack = _probe is null or { IsBack: true };
            _beatsSkipped = isProbeBack ? 0 : _beatsSkipped + 1;
            if (!isOnTime || (!isProbeBack && !IsProbeOverdue(now)))
                return;
            if (isProbeBack)
            {
                _probe?.Send();
                _probeSent = now;
            }

            // The loop needs no lock: a resize does not change the old array. A connection that is added concurrently waits for the next beat.
            foreach (var connection in Volatile.Read(ref _slots))
                connection?.Tick(now);
        }
        finally
        {
            Volatile.Write(ref _ticking, 0);
        }
    }

    /// <summary>
    /// Returns whether the probe has not returned for too long, by the clock and by the number of beats: the system's timer may make beats longer than the period.
    /// </summary>
    private bool IsProbeOverdue(long now) => _beatsSkipped > MinSkippedBeats && now - _probeSent > MaxProbeWait;
}
