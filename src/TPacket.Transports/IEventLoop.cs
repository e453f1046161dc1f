namespace TPacket.Transports;

/// <summary>A thread that serves many connections, and takes work from other threads.</summary>
internal interface IEventLoop
{
    /// <summary>
    /// Runs work on the loop's thread, soon, in the order of the calls and in a batch (<see cref="FlushBatch"/>) with what that thread reads. Once the loop has ended, the work runs on the
    /// thread pool. From any thread; never on the caller's stack.
    /// </summary>
    /// <param name="work">Must neither block nor throw.</param>
    void Post(Action work);
}
