using System.Buffers.Binary;
using TPacket.Protocol;

namespace TPacket.Server.Rooms.Packets;

/// <summary>Encodes the part of an EVENT before its packets: the header with the offset, the time, the check (docs/protocol.md, Following a room's log).</summary>
internal static class EventHead
{
    /// <summary>The length of the part in bytes.</summary>
    public const int Size = PacketHeader.Size + StampSize;

    /// <summary>
    /// The number of skipped events after which a follower receives the position alone.
    /// It is half of the number that the protocol allows, because there are two counts: events whose command a member does
    /// not accept are counted for each member, and presence that counting members do not receive is counted for the room.
    /// </summary>
    public const int SkippedBeforePosition = 250;

    /// <summary>The length of time and check in bytes.</summary>
    public const int StampSize = 16;

    /// <summary>Writes the head.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    /// <param name="roomEvent">The event.</param>
    /// <param name="packetsLength">The length of the packets that follow, in bytes.</param>
    public static void Write(Span<byte> destination, in RoomEvent roomEvent, int packetsLength)
    {
        var (low, high) = HalvesOf(roomEvent.Offset);
        PacketWriter.WriteHeader(destination, PacketHeader.Unasked, (int)PacketCommand.Event, low, high, StampSize + packetsLength);
        WriteStamp(destination[PacketHeader.Size..], roomEvent.Time, roomEvent.Check);
    }

    /// <summary>Writes time and check, which are also the data of a RECEIPT.</summary>
    public static void WriteStamp(Span<byte> destination, long time, ulong check)
    {
        BinaryPrimitives.WriteInt64LittleEndian(destination, time);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], check);
    }

    /// <summary>Splits an offset into p1 and p2.</summary>
    public static (int Low, int High) HalvesOf(long offset) => ((int)offset, (int)(offset >> 32));
}
