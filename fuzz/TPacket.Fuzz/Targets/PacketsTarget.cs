using System.Buffers;
using TPacket.Protocol;

namespace TPacket.Fuzz.Targets;

/// <summary>
/// Fuzzes the packet reader. It must return the same result for a span, for the same bytes in segments and for a message. Accepted bytes must
/// encode back to the same bytes.
/// </summary>
internal sealed class PacketsTarget : IFuzzTarget
{
    private const int MaxLength = 4096;

    public string Name => "packets";

    public IReadOnlyList<byte[]> Dictionary { get; } = [[.. PacketHeader.Signature], [24, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0x80], [0xFF, 0xFF, 0xFF, 0x7F]];

    public IReadOnlyList<byte[]> Seeds { get; } = [SessionTarget.Packet(1, ""), SessionTarget.Packet(7, "hello"), "Ej8@"u8.ToArray(), []];

    public void Run(ReadOnlySpan<byte> input)
    {
        var status = PacketReader.TryRead(input, MaxLength, out var header, out var data);
        var segmented = PacketReader.TryRead(Segment.Cut(input.ToArray()), MaxLength, out var sameHeader, out var sameData);
        FindingException.Unless(status == segmented, $"{status} in one piece, {segmented} in segments");
        if (status == PacketReadStatus.Done)
        {
            FindingException.Unless(header == sameHeader && sameData.ToArray().AsSpan().SequenceEqual(data), "other data in segments");
            Reencode(header, data, input[..header.PacketLength]);
        }

        var message = PacketReader.TryReadMessage(input, out header, out data);
        FindingException.Unless(message is not (PacketReadStatus.NeedMore or PacketReadStatus.SizeTooLarge), $"{message} for a message");
        if (message == PacketReadStatus.Done)
            Reencode(header, data, input);
    }

    private static void Reencode(in PacketHeader header, ReadOnlySpan<byte> data, ReadOnlySpan<byte> expected)
    {
        var writer = new ArrayBufferWriter<byte>();
        PacketWriter.Write(writer, header.Uid, header.Command, header.P1, header.P2, data);
        FindingException.Unless(writer.WrittenSpan.SequenceEqual(expected), "does not encode back to the same bytes");
    }

    /// <summary>A segment of a sequence.</summary>
    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        /// <summary>Splits bytes into segments of 0, 1, 2, 3, 4, 0, 1... bytes.</summary>
        public static ReadOnlySequence<byte> Cut(byte[] bytes)
        {
            var first = new Segment();
            var last = first;
            for (int at = 0, length = 1; at < bytes.Length; at += last.Memory.Length, length = (length + 1) % 5)
            {
                var next = new Segment
                {
                    Memory = bytes.AsMemory(at, Math.Min(length, bytes.Length - at)),
                    RunningIndex = last.RunningIndex + last.Memory.Length,
                };
                last.Next = next;
                last = next;
            }

            return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
        }
    }
}
