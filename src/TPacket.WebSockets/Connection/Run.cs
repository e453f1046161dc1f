using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Connection;

/// <summary>A stretch of finished frames that waits for the end of a batch; lengthened where it lies.</summary>
/// <param name="Frames">Where the frames lie; the run holds a reference.</param>
/// <param name="Start">The first byte.</param>
/// <param name="End">Behind the last byte.</param>
/// <param name="Messages">How many messages the run holds.</param>
/// <param name="Counted">Whether it counts for the queue's bounds.</param>
/// <param name="Own">Whether the buffer is this queue's alone, so that more can be appended to it.</param>
internal record struct Run(FrameBuffer Frames, int Start, int End, int Messages, bool Counted, bool Own)
{
    public readonly ReadOnlySpan<byte> Bytes => Frames.Array.AsSpan(Start, End - Start);

    /// <summary>So many bytes, which are so many messages, follow in the same buffer.</summary>
    public void Lengthen(int bytes, int messages)
    {
        End += bytes;
        Messages += messages;
    }
}
