namespace TPacket.Transports.Tests.Harness;

/// <summary>A flush that has nothing to write.</summary>
internal sealed class NoFlush : IFlushable
{
    public void Flush()
    {
    }
}
