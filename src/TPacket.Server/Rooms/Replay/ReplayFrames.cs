using TPacket.Server.Rooms.Packets;
using TPacket.Server.Sessions;
using TPacket.WebSockets.Framing;

namespace TPacket.Server.Rooms.Replay;

/// <summary>Encodes events of a room's log for one follower before they are sent, within the limit of a replay. Not thread-safe.</summary>
/// <param name="member">The member.</param>
/// <param name="maxLoggedBytes">The longest data of a LOGGED_MSG, in bytes.</param>
/// <param name="allowance">The limit.</param>
internal sealed class ReplayFrames(Session member, int maxLoggedBytes, ReplayAllowance allowance)
{
    private const int BufferBytes = 16 * 1024;

    private readonly List<(FrameBuffer Frames, int Packets)> _buffers = [];

    /// <summary>The number of encoded bytes.</summary>
    public int Bytes { get; private set; }

    /// <summary>The number of skipped events since the last encoded event.</summary>
    public int Skipped { get; private set; }

    /// <summary>Encodes the next event, or skips it if the member does not receive it.</summary>
    /// <returns>False if the limit is exceeded: no other event can be added.</returns>
    public bool TryAdd(in RoomEvent roomEvent)
    {
        if (!allowance.TryTakeEvent())
            return false;
        var packets = EventPackets.Of(roomEvent, maxLoggedBytes);
        if (roomEvent.Stream == RoomStream.Rules || (packets.Count == 1 && !member.Accepts(packets.First.Command)))
        {
            if (++Skipped < EventHead.SkippedBeforePosition)
                return true;
            packets = default;
        }

        Skipped = 0;
        var length = FrameBuffer.FrameLength(EventHead.Size + packets.Length);
        if (!allowance.TryTakeBytes(length))
            return false;
        Append(roomEvent, packets, length);
        Bytes += length;
        return true;
    }

    /// <summary>Sends the encoded events to the member, and releases them.</summary>
    public void Send()
    {
        foreach (var (frames, packets) in _buffers)
            member.Connection.Send(frames, 0, frames.Length, packets, counted: false);
        Release();
    }

    /// <summary>Releases the encoded events.</summary>
    public void Release()
    {
        foreach (var (frames, _) in _buffers)
            frames.Release();
        _buffers.Clear();
    }

    private void Append(in RoomEvent roomEvent, EventPackets packets, int length)
    {
        Span<byte> head = stackalloc byte[EventHead.Size];
        EventHead.Write(head, roomEvent, packets.Length);
        var body = new byte[packets.Length];
        packets.Write(body);
        if (_buffers.Count == 0 || _buffers[^1].Frames.Remaining < length)
            _buffers.Add((FrameBuffer.Rent(Math.Max(BufferBytes, length)), 0));
        var (frames, count) = _buffers[^1];
        frames.Append(head, body);
        _buffers[^1] = (frames, count + 1);
    }
}
