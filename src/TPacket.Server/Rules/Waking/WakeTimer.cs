namespace TPacket.Server.Rules;

/// <summary>The rooms that are open on this server and want to be woken, and the one timer for all of them. Thread-safe.</summary>
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
        _timer = timeProvider.CreateTimer(static wakes => ((WakeTimer)wakes!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The time now, in milliseconds since the Unix epoch.</summary>
    public long Now => _timeProvider.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Wakes a room at a time and no other; null for never. The store is not called from within.</summary>
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

    /// <summary>Wakes a room no more.</summary>
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
        // A timer takes at most some 49 days; one that is early is armed again.
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
