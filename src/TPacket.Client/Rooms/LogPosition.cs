using System.Buffers.Binary;

namespace TPacket.Client.Rooms;

/// <summary>How far a client has followed a room's log (docs/protocol.md, Following a room's log).</summary>
/// <param name="Epoch">Names one incarnation of the log.</param>
/// <param name="Offset">The last event that the client has; -1 for none.</param>
/// <param name="Check">Stands for everything up to that event.</param>
internal readonly record struct LogPosition(long Epoch, long Offset, long Check)
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 24;

    /// <summary>The position of a client that has no event yet.</summary>
    public static readonly LogPosition None = new(Epoch: 0, Offset: -1, Check: 0);

    /// <summary>Reads a position.</summary>
    /// <param name="source">Begins with it.</param>
    /// <param name="position">The position.</param>
    /// <returns>False when the bytes are too few, or the offset is none.</returns>
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
