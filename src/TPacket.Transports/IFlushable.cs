namespace TPacket.Transports;

/// <summary>Something with bytes to write at the end of a <see cref="FlushBatch"/>.</summary>
internal interface IFlushable
{
    /// <summary>Writes what can be written without blocking. Never throws for what a peer did.</summary>
    void Flush();
}
