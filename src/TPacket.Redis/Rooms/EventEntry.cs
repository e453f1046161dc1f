using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace TPacket.Server.Redis.Rooms;

/// <summary>
/// Encodes events and members. An entry of a stream is offset and time (8 bytes each), the member's length (2), the check before the event and after it
/// (16 hexadecimal digits each), the member, and the body. The script assembles the entry, because it takes the member from the roster.
/// </summary>
internal static class EventEntry
{
    private const int HeadLength = 50;
    private const int MemberHeadLength = 17;
    private const int BodyHeadLength = 15;

    /// <summary>Encodes a member for the roster.</summary>
    public static byte[] Pack(RoomMember member)
    {
        var packed = new byte[MemberHeadLength + member.NickUtf8.Length];
        BinaryPrimitives.WriteInt32LittleEndian(packed, member.Id);
        BinaryPrimitives.WriteInt64LittleEndian(packed.AsSpan(4), member.Session);
        BinaryPrimitives.WriteInt32LittleEndian(packed.AsSpan(12), member.Generation);
        packed[16] = member.IsAway ? (byte)1 : (byte)0;
        member.NickUtf8.CopyTo(packed.AsSpan(MemberHeadLength));
        return packed;
    }

    /// <summary>Encodes the part of an event that its author determines.</summary>
    public static byte[] PackBody(in RoomEvent roomEvent)
    {
        var body = new byte[BodyHeadLength + roomEvent.Data.Length];
        (body[0], body[1], body[2]) = ((byte)roomEvent.Kind, (byte)roomEvent.Stream, (byte)roomEvent.Cause);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(3), roomEvent.Command);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(7), roomEvent.P1);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(11), roomEvent.P2);
        roomEvent.Data.Span.CopyTo(body.AsSpan(BodyHeadLength));
        return body;
    }

    /// <summary>Decodes a member.</summary>
    public static RoomMember UnpackMember(ReadOnlySpan<byte> packed)
    {
        var member = new RoomMember(
            BinaryPrimitives.ReadInt32LittleEndian(packed), Encoding.UTF8.GetString(packed[MemberHeadLength..]), BinaryPrimitives.ReadInt64LittleEndian(packed[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(packed[12..]));
        return packed[16] == 0 ? member : member.AsAway();
    }

    /// <summary>Decodes an event. Its data refers to the bytes of the entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="previous">The log's check before the event.</param>
    public static RoomEvent Unpack(ReadOnlyMemory<byte> entry, out ulong previous)
    {
        var span = entry.Span;
        var memberLength = BinaryPrimitives.ReadUInt16LittleEndian(span[16..]);
        previous = ReadHex(span.Slice(18, 16));
        var member = memberLength == 0 ? null : UnpackMember(span.Slice(HeadLength, memberLength));
        var roomEvent = UnpackBody(entry[(HeadLength + memberLength)..], member);
        return roomEvent with
        {
            Offset = BinaryPrimitives.ReadInt64LittleEndian(span),
            Time = BinaryPrimitives.ReadInt64LittleEndian(span[8..]),
            Check = ReadHex(span.Slice(34, 16)),
        };
    }

    public static string Hex(ulong value) => value.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Encodes a session or an author as scripts do: the bytes as in a member, in hexadecimal digits.</summary>
    public static string AuthorHex(long author)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, author);
        return Convert.ToHexStringLower(bytes);
    }

    private static ulong ReadHex(ReadOnlySpan<byte> digits) => ulong.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static RoomEvent UnpackBody(ReadOnlyMemory<byte> body, RoomMember? member)
    {
        var span = body.Span;
        var data = body[BodyHeadLength..];
        var (kind, p1, p2) = ((RoomEventKind)span[0], BinaryPrimitives.ReadInt32LittleEndian(span[7..]), BinaryPrimitives.ReadInt32LittleEndian(span[11..]));
        return kind switch
        {
            RoomEventKind.Announcement => RoomEvent.Announcement(data),
            RoomEventKind.Packet => RoomEvent.Packet(BinaryPrimitives.ReadInt32LittleEndian(span[3..]), p1, p2, data, member, (RoomStream)span[1]),
            RoomEventKind.Rules => RoomEvent.Rules(Encoding.UTF8.GetString(data.Span[sizeof(long)..]), p1, p2 != 0, BinaryPrimitives.ReadInt64LittleEndian(data.Span)),
            RoomEventKind.Opened => RoomEvent.Opened(TimeSpan.FromMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(data.Span))),
            RoomEventKind.Joined => RoomEvent.Joined(member!),
            RoomEventKind.Left => RoomEvent.Left(member!, (LeaveCause)span[2]),
            RoomEventKind.Renamed => RoomEvent.Renamed(member!, data),
            RoomEventKind.Away => RoomEvent.Away(member!),
            RoomEventKind.Returned => RoomEvent.Returned(member!),
            RoomEventKind.Message => RoomEvent.Message(member!, data),
            RoomEventKind.Deletion => RoomEvent.Deletion(BinaryPrimitives.ReadInt64LittleEndian(data.Span)),
            RoomEventKind.Deleted => (member is null ? RoomEvent.Announcement(data) : RoomEvent.Message(member, data)).AsDeleted(),
            _ => throw new RoomStoreException($"The room has an event of kind {kind}, which this version does not know.", isOutcomeUnknown: false),
        };
    }
}
