using TPacket.Server.Sessions;
using TPacket.WebSockets.Framing;

namespace TPacket.Server.Rooms.Presence;

/// <summary>The pending presence packets of one audience: encoded frames in one buffer, each with the offset of its event.</summary>
/// <param name="maxPackets">The largest number of packets.</param>
internal sealed class PresenceRun(int maxPackets)
{
    private readonly List<(long Offset, int Start)> _packets = [];
    private FrameBuffer? _frames;

    public bool IsEmpty => _packets.Count == 0;

    /// <summary>Returns whether the run can take more packets. An empty run can take any packets.</summary>
    /// <param name="count">The number of packets.</param>
    /// <param name="frameBytes">The length of their frames in bytes.</param>
    public bool HasRoomFor(int count, int frameBytes) => IsEmpty || (_packets.Count + count <= maxPackets && _frames!.Remaining >= frameBytes);

    /// <summary>Rents the buffer of an empty run.</summary>
    public void Begin(int frameBytes) => _frames ??= FrameBuffer.Rent(frameBytes);

    /// <summary>
    /// Adds a packet, given in two parts, for which <see cref="HasRoomFor"/> is true. The offset must not be less than the offset of the last packet.
    /// </summary>
    public void Add(long offset, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        _packets.Add((offset, _frames!.Length));
        _frames.Append(head, body);
    }

    /// <summary>Sends a member the packets after its presence offset.</summary>
    /// <returns>The number of enqueued packets.</returns>
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
