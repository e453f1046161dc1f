using System.Buffers.Binary;

namespace TPacket.Protocol;

/// <summary>The 24 bytes that precede a packet's data (docs/protocol.md, Packet). All integers are signed 32-bit little-endian on the wire.</summary>
/// <param name="Uid">Request id, which the client chooses. A response has the uid of its request; any other packet from the server has <see cref="Unasked"/>.</param>
/// <param name="DataLength">Length of the data in bytes. The wire's <c>size</c> is <see cref="PacketLength"/>.</param>
/// <param name="Command">Command: any 32-bit value.</param>
/// <param name="P1">Parameter 1.</param>
/// <param name="P2">Parameter 2.</param>
public readonly record struct PacketHeader(int Uid, int DataLength, int Command, int P1, int P2)
{
    /// <summary>Length of a header in bytes.</summary>
    public const int Size = 24;

    /// <summary>The uid of a packet that the server sends without a request.</summary>
    public const int Unasked = -1;

    /// <summary>The four bytes that every packet begins with.</summary>
    public static ReadOnlySpan<byte> Signature => "Ej8@"u8;

    /// <summary>Length of the whole packet in bytes: the wire's <c>size</c>.</summary>
    public int PacketLength => Size + DataLength;

    /// <summary>Reads the fields without validating them.</summary>
    internal static PacketHeader Decode(ReadOnlySpan<byte> source, out int size)
    {
        size = BinaryPrimitives.ReadInt32LittleEndian(source[8..]);
        return new PacketHeader(
            BinaryPrimitives.ReadInt32LittleEndian(source[4..]),
            unchecked(size - Size),
            BinaryPrimitives.ReadInt32LittleEndian(source[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[16..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[20..]));
    }

    internal void Encode(Span<byte> destination)
    {
        // The last field comes first, so that one range check covers all fields.
        BinaryPrimitives.WriteInt32LittleEndian(destination[20..], P2);
        BinaryPrimitives.WriteInt32LittleEndian(destination[16..], P1);
        BinaryPrimitives.WriteInt32LittleEndian(destination[12..], Command);
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], PacketLength);
        BinaryPrimitives.WriteInt32LittleEndian(destination[4..], Uid);
        Signature.CopyTo(destination);
    }
}
