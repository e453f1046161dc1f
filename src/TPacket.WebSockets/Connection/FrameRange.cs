using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Connection;

/// <summary>A range of encoded frames in one buffer, which waits for the end of a batch.</summary>
/// <param name="Frames">The buffer; the range holds a reference.</param>
/// <param name="Start">Index of the first byte.</param>
/// <param name="End">Index after the last byte.</param>
/// <param name="Messages">Number of messages in the range.</param>
/// <param name="Counted">Whether the range counts towards the queue's bounds.</param>
/// <param name="Own">Whether the buffer belongs to this queue alone, so that the queue may append to it.</param>
internal record struct FrameRange(FrameBuffer Frames, int Start, int End, int Messages, bool Counted, bool Own)
{
    public readonly ReadOnlySpan<byte> Bytes => Frames.Array.AsSpan(Start, End - Start);

    /// <summary>Extends the range by bytes that follow it in the buffer.</summary>
    public void Extend(int bytes, int messages)
    {
        End += bytes;
        Messages += messages;
    }
}
