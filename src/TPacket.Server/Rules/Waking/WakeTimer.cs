namespace TPacket.Server.Rules.Waking;

/// <summary>Wakes the open rooms of this server at their wake-up times, with a single timer. Thread-safe.</summary>
internal sealed class WakeTimer : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SortedSet<Entry> _entries = [];
    private readonly TimeProvider _timeProvider;
    private readonly ITimer _timer;
    private long _armedFor = long.MaxValue;
    private long _lastNumber;
    private bool _isDisposed;

    public WakeTimer(TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _timer = timeProvider.CreateTimer(static timer => ((WakeTimer)timer!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The time now, in milliseconds since the Unix epoch.</summary>
    public long Now => _timeProvider.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Sets the wake-up time of a room, which replaces the previous time; null for never. Does not call the store.</summary>
    public void Set(RulesRoom room, long? wakeAt)
    {
        lock (_gate)
        {
            if (room.WakeEntry is Entry before)
            {
                if (before.At == wakeAt)
                    return;
                _entries.Remove(before);
                room.WakeEntry = null;
            }

            if (wakeAt is not { } at || room.IsClosed || _isDisposed)
                return;
            var entry = new Entry(at, _lastNumber++, room);
            room.WakeEntry = entry;
            _entries.Add(entry);
            Arm();
        }
    }

    /// <summary>Removes a room and ignores later wake-up times.</summary>
    public void Close(RulesRoom room)
    {
        lock (_gate)
        {
            room.IsClosed = true;
            if (room.WakeEntry is Entry entry)
                _entries.Remove(entry);
            room.WakeEntry = null;
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _isDisposed = true;
        _timer.Dispose();
    }

    private void Arm()
    {
        if (_isDisposed || _entries.Min is not { } first || first.At >= _armedFor)
            return;
        _armedFor = first.At;
        // A timer waits less than 50 days. A timer that fires early is set again.
        var milliseconds = Math.Clamp(first.At - Now, 0, 24L * 60 * 60 * 1000);
        _timer.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            _armedFor = long.MaxValue;
            var now = Now;
            while (_entries.Min is { } first && first.At <= now)
            {
                _entries.Remove(first);
                first.Room.WakeEntry = null;
                ThreadPool.UnsafeQueueUserWorkItem(static room => _ = room.WakeAsync(), first.Room, preferLocal: false);
            }

            Arm();
        }
    }

    private sealed record Entry(long At, long Number, RulesRoom Room) : IComparable<Entry>
    {
        public int CompareTo(Entry? other) => other is null ? 1 : (At, Number).CompareTo((other.At, other.Number));
    }
}
