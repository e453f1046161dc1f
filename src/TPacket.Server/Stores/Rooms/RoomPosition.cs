using System.Buffers.Binary;

namespace TPacket.Server;

/// <summary>
/// A place in a room's log: right behind one event. Two logs that agree on a position agree on every event before it. On the wire it takes 24 bytes
/// (docs/protocol.md, Position).
/// </summary>
/// <param name="Epoch">Names one incarnation of the log. A log that was created anew, or that lost its tail, has another epoch.</param>
/// <param name="Offset">The offset of the event, or -1 where the log has none yet.</param>
/// <param name="Check">A keyed hash over the event and all before it. Opaque: only the store that made it can compute it.</param>
public readonly record struct RoomPosition(ulong Epoch, long Offset, ulong Check)
{
    /// <summary>Length in bytes on the wire.</summary>
    public const int Size = 24;

    /// <summary>The offset of a log without events.</summary>
    public const long NoEvent = -1;

    /// <summary>Reads a position from its bytes.</summary>
    /// <param name="source">At least <see cref="Size"/> bytes; the rest is ignored.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer bytes.</exception>
    public static RoomPosition Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(source),
        BinaryPrimitives.ReadInt64LittleEndian(source[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(source[16..]));

    /// <summary>Writes the position's bytes.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer bytes.</exception>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], Offset);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], Check);
    }
}
