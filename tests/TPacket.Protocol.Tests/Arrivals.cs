using System.Buffers;

namespace TPacket.Protocol.Tests;

/// <summary>The ways in which the same bytes can be segmented.</summary>
internal static class Arrivals
{
    /// <summary>Returns the bytes as one segment, split in two at every offset (including both ends, which leaves a segment empty), and with one byte per segment.</summary>
    public static IEnumerable<ReadOnlySequence<byte>> Of(byte[] bytes)
    {
        yield return new ReadOnlySequence<byte>(bytes);
        for (var cut = 0; cut <= bytes.Length; cut++)
            yield return Segments([bytes.AsMemory(0, cut), bytes.AsMemory(cut)]);
        yield return OneByteEach(bytes);
    }

    public static ReadOnlySequence<byte> OneByteEach(byte[] bytes) =>
        Segments([.. Enumerable.Range(0, bytes.Length).Select(at => (ReadOnlyMemory<byte>)bytes.AsMemory(at, 1))]);

    public static ReadOnlySequence<byte> Segments(ReadOnlySpan<ReadOnlyMemory<byte>> parts)
    {
        var first = new Segment(default, null);
        var last = first;
        foreach (var part in parts)
            last = new Segment(part, last);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is null)
                return;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }
}
