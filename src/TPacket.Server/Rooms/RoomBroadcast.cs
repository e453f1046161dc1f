using TPacket.Protocol;
using TPacket.Server.Diagnostics;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Server.Rooms;

/// <summary>Encodes a packet once and enqueues it for all members of a room that accept its command; every outbound queue takes a reference. Holds a buffer only until the batch is flushed.</summary>
/// <param name="members">The room's members on this server.</param>
/// <param name="metrics">Counts deliveries.</param>
/// <param name="gate">The lock of the room's delivery. Callers of <see cref="Send"/> hold it.</param>
internal sealed class RoomBroadcast(RoomMembers members, ServerMetrics metrics, Lock gate) : IFlushable
{
    private FrameBuffer? _frames;
    private bool _scheduled;

    public void Send(PacketCommand command, int p1, int p2, ReadOnlySpan<byte> data)
    {
        Span<byte> header = stackalloc byte[PacketHeader.Size];
        PacketWriter.WriteHeader(header, PacketHeader.Unasked, (int)command, p1, p2, data.Length);
        var frames = RentFor(FrameBuffer.FrameLength(PacketHeader.Size + data.Length));
        var start = frames.Length;
        var length = frames.Append(header, data);
        var compressed = default(CompressedFrames);
        var forAll = CommandRange.IsOriginal((int)command);
        var delivered = 0;
        foreach (var member in members.All)
        {
            if (!forAll && !member.Accepts((int)command))
                continue;
            var connection = member.Connection;
            var sent = connection.SharedCompression is { } shared && compressed.By(shared, header, data) is { } smaller
                ? connection.Send(smaller, 0, smaller.Length, 1)
                : connection.Send(frames, start, length, 1);
            delivered += sent ? 1 : 0;
        }

        compressed.Release();
        metrics.Delivered(delivered);
        if (_scheduled)
            return;
        // Outside of a batch the queues have sent the frames already.
        _scheduled = FlushBatch.TryAdd(this);
        if (!_scheduled)
            Release();
    }

    /// <inheritdoc/>
    public void Flush()
    {
        lock (gate)
            Release();
    }

    private void Release()
    {
        _scheduled = false;
        _frames?.Release();
        _frames = null;
    }

    private FrameBuffer RentFor(int length)
    {
        if (_frames is not null && _frames.Remaining >= length)
            return _frames;
        _frames?.Release();
        return _frames = FrameBuffer.Rent(length);
    }
}
