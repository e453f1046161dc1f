namespace TPacket.Transports.Loops;

/// <summary>A queue of output that a <see cref="FlushBatch"/> flushes at its end.</summary>
internal interface IFlushable
{
    /// <summary>Writes as much as possible without blocking. Never throws for a fault of the peer.</summary>
    void Flush();
}
