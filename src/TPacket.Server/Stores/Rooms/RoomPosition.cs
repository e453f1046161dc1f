using System.Buffers.Binary;

namespace TPacket.Server;

/// <summary>
/// A position in a room's log: the position after an event. Logs with the same position have the same events before it.
/// On the wire, a position has 24 bytes (docs/protocol.md, Following a room's log).
/// </summary>
/// <param name="Epoch">Identifies an incarnation of the log. A log that is created again, or has lost its last events, has another epoch.</param>
/// <param name="Offset">The offset of the event; <see cref="NoEvent"/> for a log without events.</param>
/// <param name="Check">A keyed hash over the event and all events before it. Only the store can compute it.</param>
public readonly record struct RoomPosition(ulong Epoch, long Offset, ulong Check)
{
    /// <summary>The length in bytes on the wire.</summary>
    public const int Size = 24;

    /// <summary>The offset of the position of a log without events.</summary>
    public const long NoEvent = -1;

    /// <summary>Reads a position.</summary>
    /// <param name="source">At least <see cref="Size"/> bytes; the rest is ignored.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer bytes.</exception>
    public static RoomPosition Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(source),
        BinaryPrimitives.ReadInt64LittleEndian(source[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(source[16..]));

    /// <summary>Writes the position.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer bytes.</exception>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], Offset);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], Check);
    }
}
