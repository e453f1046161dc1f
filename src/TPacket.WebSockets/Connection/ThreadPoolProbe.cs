namespace TPacket.WebSockets.Connection;

/// <summary>
/// Shows whether the thread pool does what it is given. Streams are read there: while a probe is on its way, so may be what peers have sent. A probe goes through the pool's queue several times,
/// as what is read from a stream does.
/// </summary>
/// <param name="queue">Queues a work item; in the pool's queue, behind what is there for all threads, where null.</param>
internal sealed class ThreadPoolProbe(Action<IThreadPoolWorkItem>? queue = null) : IThreadPoolWorkItem
{
    // From the socket's event through the layers of an HTTP server to the handler.
    private const int Rounds = 8;

    private readonly Action<IThreadPoolWorkItem> _queue = queue ?? (static item => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false));
    private int _roundsLeft;

    /// <summary>Whether the last probe has come through.</summary>
    public bool IsBack => Volatile.Read(ref _roundsLeft) == 0;

    /// <summary>Sends a probe; the last one is back.</summary>
    public void Send()
    {
        Volatile.Write(ref _roundsLeft, Rounds);
        _queue(this);
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (Interlocked.Decrement(ref _roundsLeft) > 0)
            _queue(this);
    }
}
