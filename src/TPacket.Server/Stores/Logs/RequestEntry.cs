using System.Buffers.Binary;
using System.Numerics;

namespace TPacket.Server.Stores.Logs;

/// <summary>
/// The compact form of a remembered request in <see cref="RequestMemory"/>: the lengths of the three differences (1 byte),
/// the digest (3 bytes), the check (8 bytes), and the differences of number, offset and time to the previous entry.
/// A number that is one higher, and an equal offset or time, take no byte. A negative difference takes 8 bytes.
/// </summary>
/// <param name="Digest">The shortened hash of the request's events.</param>
/// <param name="Check">The check after its last event.</param>
internal readonly record struct RequestEntry(uint Digest, ulong Check)
{
    /// <summary>The maximum length of an entry in bytes.</summary>
    public const int MaxLength = HeadLength + (3 * sizeof(ulong));

    /// <summary>The length of a buffer for an entry. Reading and writing access whole words beyond the end of the entry.</summary>
    public const int BufferLength = MaxLength + sizeof(ulong);

    private const int HeadLength = sizeof(uint) + sizeof(ulong);

    /// <summary>
    /// Returns the stored part of a digest. It only serves to detect a client that uses a uid for two packets, and misses one of 16 million such packets.
    /// </summary>
    public static uint Shorten(ulong digest) => (uint)(digest >> 40);

    /// <summary>Writes the entry.</summary>
    /// <param name="buffer">At least <see cref="BufferLength"/> bytes.</param>
    /// <param name="place">The place of the entry.</param>
    /// <param name="before">The place of the previous entry.</param>
    /// <returns>The length of the entry in bytes.</returns>
    public int Write(Span<byte> buffer, in RequestPlace place, in RequestPlace before)
    {
        var (number, offset, time) = ((ulong)(place.Number - before.Number - 1), (ulong)(place.Offset - before.Offset), (ulong)(place.Time - before.Time));
        var (numberCode, offsetCode, timeCode) = (number == 0 ? 0 : number <= byte.MaxValue ? 1 : number <= uint.MaxValue ? 2 : 3, CodeOf(offset), CodeOf(time));
        BinaryPrimitives.WriteUInt32LittleEndian(buffer, (Digest << 8) | (uint)((numberCode << 6) | (offsetCode << 3) | timeCode));
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[sizeof(uint)..], Check);
        var length = HeadLength;
        // The next write overwrites the excess bytes.
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[length..], number);
        length += NumberLength(numberCode);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[length..], offset);
        length += LengthOf(offsetCode);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer[length..], time);
        return length + LengthOf(timeCode);
    }

    /// <summary>Reads an entry.</summary>
    /// <param name="buffer">At least <see cref="BufferLength"/> bytes that begin with the entry.</param>
    /// <param name="place">The place of the previous entry; after the call, the place of this entry.</param>
    /// <param name="entry">The entry.</param>
    /// <returns>The length of the entry in bytes.</returns>
    public static int Read(ReadOnlySpan<byte> buffer, ref RequestPlace place, out RequestEntry entry)
    {
        var head = BinaryPrimitives.ReadUInt32LittleEndian(buffer);
        entry = new RequestEntry(head >> 8, BinaryPrimitives.ReadUInt64LittleEndian(buffer[sizeof(uint)..]));
        var length = HeadLength;
        var number = ReadWord(buffer, ref length, NumberLength((int)(head >> 6) & 3));
        var offset = ReadWord(buffer, ref length, LengthOf((int)(head >> 3) & 7));
        var time = ReadWord(buffer, ref length, LengthOf((int)head & 7));
        place = new RequestPlace(place.Number + number + 1, place.Offset + offset, place.Time + time);
        return length;
    }

    // Three bits hold the lengths 0 to 6; 7 stands for 8 bytes.
    private static int CodeOf(ulong value) => Math.Min((71 - BitOperations.LeadingZeroCount(value)) / 8, 7);

    private static int LengthOf(int code) => code == 7 ? sizeof(ulong) : code;

    private static int NumberLength(int code) => code switch
    {
        0 => 0,
        1 => 1,
        2 => sizeof(uint),
        _ => sizeof(ulong),
    };

    private static long ReadWord(ReadOnlySpan<byte> buffer, ref int at, int length)
    {
        var word = BinaryPrimitives.ReadUInt64LittleEndian(buffer[at..]);
        at += length;
        return (long)(length == sizeof(ulong) ? word : word & ((1UL << (8 * length)) - 1));
    }
}
