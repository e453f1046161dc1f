namespace TPacket.Tool.Load;

/// <summary>The counts of all clients of a load. Thread-safe.</summary>
internal sealed class LoadCounts
{
    private long _sent;
    private long _owed;
    private long _received;
    private long _misplaced;
    private long _refused;
    private long _ended;

    /// <summary>Sent messages.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Expected deliveries: one to each member of the room for each message that was not rejected.</summary>
    public long Owed => Volatile.Read(ref _owed);

    /// <summary>Received messages.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>Messages that were received twice, out of order or changed.</summary>
    public long Misplaced => Volatile.Read(ref _misplaced);

    /// <summary>Messages that the server has rejected.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Connections that ended before the load.</summary>
    public long Ended => Volatile.Read(ref _ended);

    /// <summary>The delays from sending to receiving.</summary>
    public Delays Delays { get; } = new();

    public void AddSent(int members)
    {
        Interlocked.Increment(ref _sent);
        Interlocked.Add(ref _owed, members);
    }

    public void AddReceived(bool isInPlace)
    {
        Interlocked.Increment(ref _received);
        if (!isInPlace)
            Interlocked.Increment(ref _misplaced);
    }

    public void AddRefused(int members)
    {
        Interlocked.Increment(ref _refused);
        Interlocked.Add(ref _owed, -members);
    }

    public void AddEnded() => Interlocked.Increment(ref _ended);
}
