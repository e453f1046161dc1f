namespace TPacket.Server.Redis.Nodes;

/// <summary>
/// The latest writes of this node, in order, bounded by time and number. The node repeats them after a failover, which may have lost them. Thread-safe.
/// </summary>
internal sealed class RecentWrites<T>(TimeProvider timeProvider)
{
    /// <summary>The maximum number of remembered writes.</summary>
    public const int Most = 1024;

    /// <summary>The time for which a write is remembered. A replica rarely lags behind its primary for longer.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Queue<RecentWrite<T>> _writes = new();

    /// <summary>Remembers a write. Call it before the write is sent, so that a repeated write never follows a later one.</summary>
    public RecentWrite<T> Add(T write)
    {
        lock (_gate)
        {
            var now = timeProvider.GetTimestamp();
            DropOld(now);
            if (_writes.Count == Most)
                _writes.Dequeue();
            var added = new RecentWrite<T>(now, write);
            _writes.Enqueue(added);
            return added;
        }
    }

    /// <summary>Repeats the writes, oldest first. No write is added until all are sent.</summary>
    /// <param name="send">Receives all writes and starts to send the writes that still apply.</param>
    public Task RepeatAsync(Func<T[], IEnumerable<Task>> send)
    {
        lock (_gate)
        {
            DropOld(timeProvider.GetTimestamp());
            return Task.WhenAll(send([.. _writes.Where(static write => !write.IsRefused).Select(static write => write.Write)]).ToArray());
        }
    }

    private void DropOld(long now)
    {
        while (_writes.TryPeek(out var oldest) && timeProvider.GetElapsedTime(oldest.At, now) > Kept)
            _writes.Dequeue();
    }
}
