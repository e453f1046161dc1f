using TPacket.Protocol;
using TPacket.Server.Sessions;
using TPacket.WebSockets;

namespace TPacket.Server.Rooms;

/// <summary>NEW_USER and DEL_USER packets that wait to be told together: finished frames in a row, each with the offset of its event.</summary>
/// <param name="maxPackets">Most of them.</param>
internal sealed class PresenceRun(int maxPackets)
{
    private readonly List<(long Offset, int Start)> _packets = [];
    private FrameBuffer? _frames;

    public bool IsEmpty => _packets.Count == 0;

    /// <summary>Whether a packet fits beside the others; alone, each does.</summary>
    public bool HasRoomFor(int nickLength) => IsEmpty || (_packets.Count < maxPackets && _frames!.Remaining >= FrameLength(nickLength));

    /// <summary>Adds a packet, for which there is room; offsets never fall.</summary>
    public void Add(long offset, PacketCommand command, int id, ReadOnlySpan<byte> nick)
    {
        _frames ??= FrameBuffer.Rent(FrameLength(nick.Length));
        Span<byte> header = stackalloc byte[PacketHeader.Size];
        PacketWriter.WriteHeader(header, PacketHeader.Unasked, (int)command, id, 0, nick.Length);
        _packets.Add((offset, _frames.Length));
        _frames.Append(header, nick);
    }

    /// <summary>Sends a member what it has not been told when it came.</summary>
    /// <returns>How many packets it was sent.</returns>
    public int SendTo(Session member)
    {
        var first = 0;
        while (first < _packets.Count && _packets[first].Offset <= member.PresenceOffset)
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

    private static int FrameLength(int nickLength) => FrameBuffer.FrameLength(PacketHeader.Size + nickLength);
}
