using System.Buffers.Binary;

namespace TPacket.Client.Rooms;

/// <summary>A client's position in a room's log (docs/protocol.md, Following a room's log).</summary>
/// <param name="Epoch">The epoch of the log.</param>
/// <param name="Offset">The offset of the last received event; -1 for none.</param>
/// <param name="Check">The hash of all events up to this offset.</param>
internal readonly record struct LogPosition(long Epoch, long Offset, long Check)
{
    /// <summary>The length in bytes.</summary>
    public const int Size = 24;

    /// <summary>The position of a client that has no event yet.</summary>
    public static readonly LogPosition None = new(Epoch: 0, Offset: -1, Check: 0);

    /// <summary>Reads a position.</summary>
    /// <param name="source">Bytes that begin with the position.</param>
    /// <param name="position">The position.</param>
    /// <returns>False if there are too few bytes, or the offset is below -1.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, out LogPosition position)
    {
        position = default;
        if (source.Length < Size)
            return false;
        position = new LogPosition(
            BinaryPrimitives.ReadInt64LittleEndian(source), BinaryPrimitives.ReadInt64LittleEndian(source[8..]), BinaryPrimitives.ReadInt64LittleEndian(source[16..]));
        return position.Offset >= -1;
    }

    /// <summary>Writes the position.</summary>
    /// <param name="target">At least <see cref="Size"/> bytes.</param>
    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteInt64LittleEndian(target, Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], Offset);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], Check);
    }
}
