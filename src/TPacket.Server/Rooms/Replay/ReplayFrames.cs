using TPacket.Server.Rooms.Packets;
using TPacket.Server.Sessions;
using TPacket.WebSockets;

namespace TPacket.Server.Rooms.Replay;

/// <summary>Events of a room's log as one member receives them that follows it, encoded ahead of their sending and within bounds. Not thread-safe.</summary>
/// <param name="member">The member.</param>
/// <param name="maxLoggedBytes">Longest data of a LOGGED_MSG.</param>
/// <param name="allowance">The bounds.</param>
internal sealed class ReplayFrames(Session member, int maxLoggedBytes, ReplayAllowance allowance)
{
    private const int BufferBytes = 16 * 1024;

    private readonly List<(FrameBuffer Frames, int Packets)> _buffers = [];

    /// <summary>How many bytes were encoded.</summary>
    public int Bytes { get; private set; }

    /// <summary>How many events were left out since the last one that the member receives.</summary>
    public int Skipped { get; private set; }

    /// <summary>Adds the next event.</summary>
    /// <returns>False when the event does not fit within the bounds: nothing can be added any more.</returns>
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

    /// <summary>Sends the member what was added, and gives it away.</summary>
    public void Send()
    {
        foreach (var (frames, packets) in _buffers)
            member.Connection.Send(frames, 0, frames.Length, packets, counted: false);
        Release();
    }

    /// <summary>Gives away what was added.</summary>
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
