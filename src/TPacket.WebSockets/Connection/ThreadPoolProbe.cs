namespace TPacket.WebSockets.Connection;

/// <summary>
/// Detects that the thread pool is behind with its queue. Connections on streams are read on the pool: while a probe has not returned, their input may wait as well. A probe passes through the pool's
/// queue several times, as the input of a stream does.
/// </summary>
/// <param name="queue">Queues a work item; null for the end of the thread pool's global queue.</param>
internal sealed class ThreadPoolProbe(Action<IThreadPoolWorkItem>? queue = null) : IThreadPoolWorkItem
{
    // Approximately the number of work items on the way of input from the socket's event through the layers of an HTTP server to the handler.
    private const int Rounds = 8;

    private readonly Action<IThreadPoolWorkItem> _queue = queue ?? (static item => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false));
    private int _roundsLeft;

    /// <summary>Whether the last probe has returned.</summary>
    public bool IsBack => Volatile.Read(ref _roundsLeft) == 0;

    /// <summary>Sends a probe. May be called after the last probe has returned.</summary>
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
