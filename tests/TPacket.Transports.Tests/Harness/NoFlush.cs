using TPacket.Transports.Loops;

namespace TPacket.Transports.Tests.Harness;

/// <summary>A flush without output.</summary>
internal sealed class NoFlush : IFlushable
{
    public void Flush()
    {
    }
}
