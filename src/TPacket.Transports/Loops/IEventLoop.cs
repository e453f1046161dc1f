namespace TPacket.Transports.Loops;

/// <summary>A thread that serves many connections and accepts work from other threads.</summary>
internal interface IEventLoop
{
    /// <summary>
    /// Queues work for the loop's thread. The loop runs it in the order of the calls, in the <see cref="FlushBatch"/> of its next round. After the loop has ended, the thread pool runs the work.
    /// Thread-safe. The work never runs on the caller's stack.
    /// </summary>
    /// <param name="work">The work, which must neither block nor throw.</param>
    void Post(Action work);
}
