namespace TPacket.Server.Redis.Nodes;

/// <summary>The latest writes of this node, in their order: a failover may have lost them. Bounded by time and number. Thread-safe.</summary>
internal sealed class RecentWrites<T>(TimeProvider timeProvider)
{
    /// <summary>How many writes are remembered.</summary>
    public const int Most = 1024;

    /// <summary>For how long a write is remembered: a replica is rarely further behind.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly Queue<RecentWrite<T>> _writes = new();

    /// <summary>Remembers a write that is about to be sent: one that is sent once more is never behind a later one.</summary>
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

    /// <summary>Sends writes once more, oldest first. None is added meanwhile.</summary>
    /// <param name="send">Gets all of them, and begins to send those that are still due.</param>
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
