using TPacket.WebSockets.Framing;

namespace TPacket.Server.Rooms.Packets;

/// <summary>
/// The buffer in which a room encodes packets for many members, one after the other.
/// Each outbound queue takes a reference to the buffer. Guarded by the delivery's lock.
/// </summary>
internal sealed class SharedFrames
{
    private FrameBuffer? _frames;

    /// <summary>Appends a packet, given in two parts, as one frame.</summary>
    public SharedFrame Append(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        var needed = FrameBuffer.FrameLength(head.Length + body.Length);
        if (_frames is null || _frames.Remaining < needed)
        {
            _frames?.Release();
            _frames = FrameBuffer.Rent(needed);
        }

        var start = _frames.Length;
        return new SharedFrame(_frames, start, _frames.Append(head, body));
    }

    /// <summary>Releases the buffer.</summary>
    public void Release()
    {
        _frames?.Release();
        _frames = null;
    }
}
