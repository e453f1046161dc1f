using System.Buffers;

namespace TPacket.Server.Tests.Harness;

/// <summary>Memory that can be passed on but not read.</summary>
internal sealed class UnreadableMemory : MemoryManager<byte>
{
    // The base class asks for the span once, to create the memory.
    private int _reads;

    public override Span<byte> GetSpan() => _reads++ == 0 ? new byte[8] : throw new InvalidOperationException("This memory cannot be read.");

    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
