using System.Buffers.Binary;
using TPacket.Protocol;

namespace TPacket.Client.Rooms;

/// <summary>The offset, time and check of an event, as EVENT and RECEIPT carry them (docs/protocol.md, Following a room's log, and Receipts).</summary>
/// <param name="Offset">The event's offset in the log.</param>
/// <param name="Time">The time at which the server appended the event.</param>
/// <param name="Check">The hash of all events up to this one.</param>
internal readonly record struct LogEvent(long Offset, DateTimeOffset Time, long Check)
{
    /// <summary>The length of time and check in bytes.</summary>
    public const int Size = 16;

    private static readonly long _earliest = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long _latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>Reads a RECEIPT.</summary>
    /// <returns>False if the packet is malformed.</returns>
    public static bool TryReadReceipt(Packet packet, out LogEvent appended) => TryReadHead(packet, out appended) && packet.Data.Length == Size;

    /// <summary>Reads an EVENT.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="logEvent">The event.</param>
    /// <param name="packets">The packets in the EVENT, in order. Their data refers to the memory of the EVENT.</param>
    /// <returns>False if the EVENT is malformed: the caller must ignore all of its packets.</returns>
    public static bool TryRead(Packet packet, out LogEvent logEvent, out IReadOnlyList<Packet> packets)
    {
        packets = [];
        return TryReadHead(packet, out logEvent) && TryReadPackets(packet.Data[Size..], out packets);
    }

    private static bool TryReadHead(Packet packet, out LogEvent head)
    {
        head = default;
        if (packet.Data.Length < Size)
            return false;
        var offset = (long)packet.P2 << 32 | (uint)packet.P1;
        var time = BinaryPrimitives.ReadInt64LittleEndian(packet.Data.Span);
        if (offset < 0 || time < _earliest || time > _latest)
            return false;
        head = new LogEvent(offset, DateTimeOffset.FromUnixTimeMilliseconds(time), BinaryPrimitives.ReadInt64LittleEndian(packet.Data.Span[8..]));
        return true;
    }

    private static bool TryReadPackets(ReadOnlyMemory<byte> source, out IReadOnlyList<Packet> packets)
    {
        var read = new List<Packet>();
        packets = read;
        while (source.Length > 0)
        {
            if (PacketReader.TryRead(source.Span, source.Length, out var header, out _) != PacketReadStatus.Done || IsNoEvent(header.Command))
                return false;
            read.Add(new Packet(header.Command, header.P1, header.P2, source.Slice(PacketHeader.Size, header.DataLength)) { Uid = header.Uid });
            source = source[header.PacketLength..];
        }

        return true;
    }

    // Replies belong to one client, and events of the log are not nested.
    private static bool IsNoEvent(int command) => (PacketCommand)command is
        PacketCommand.RespOk or PacketCommand.RespError or PacketCommand.Event or PacketCommand.Snapshot or PacketCommand.Receipt;
}
