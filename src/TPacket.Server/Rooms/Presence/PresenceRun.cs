using TPacket.Server.Sessions;
using TPacket.WebSockets;

namespace TPacket.Server.Rooms.Presence;

/// <summary>Packets about presence that wait to be sent together: finished frames in a row, each with the offset of its event.</summary>
/// <param name="maxPackets">Most of them.</param>
internal sealed class PresenceRun(int maxPackets)
{
    private readonly List<(long Offset, int Start)> _packets = [];
    private FrameBuffer? _frames;

    public bool IsEmpty => _packets.Count == 0;

    /// <summary>Whether packets fit beside the others; where nothing waits, any do.</summary>
    /// <param name="count">How many packets.</param>
    /// <param name="frameBytes">Length in bytes of their frames.</param>
    public bool HasRoomFor(int count, int frameBytes) => IsEmpty || (_packets.Count + count <= maxPackets && _frames!.Remaining >= frameBytes);

    /// <summary>Rents the buffer that an empty run needs for its first packets.</summary>
    public void Begin(int frameBytes) => _frames ??= FrameBuffer.Rent(frameBytes);

    /// <summary>Adds a packet, given in two parts, for which there is room; offsets never fall.</summary>
    public void Add(long offset, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        _packets.Add((offset, _frames!.Length));
        _frames.Append(head, body);
    }

    /// <summary>Sends a member the packets whose events came after it.</summary>
    /// <returns>How many packets it was sent.</returns>
    public int SendTo(Session member)
    {
        var first = 0;
        while (first < _packets.Count && _packets[first].Offset <= member.Membership.PresenceOffset)
            first++;
        if (first == _packets.Count)
            return 0;
        var start = _packets[first].Start;
        var packets = _packets.Count - first;
        return member.Connection.Send(_frames!, start, _frames!.Length - start, packets) ? packets : 0;
    }

    public void Clear()
    {
        _packets.Clear();
        _frames?.Release();
        _frames = null;
    }
}
