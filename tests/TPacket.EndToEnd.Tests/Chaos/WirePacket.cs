using System.Buffers.Binary;
using System.Text;
using TPacket.Protocol;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>A packet that has passed the proxy.</summary>
internal sealed record WirePacket(PacketCommand Command, int Uid, int P1, int P2, byte[] Data)
{
    /// <summary>The offset in EVENT and RECEIPT.</summary>
    public long Offset => ((long)P2 << 32) | (uint)P1;

    /// <summary>The time in EVENT and RECEIPT.</summary>
    public long Time => BinaryPrimitives.ReadInt64LittleEndian(Data);

    /// <summary>The check in EVENT and RECEIPT.</summary>
    public ulong Check => BinaryPrimitives.ReadUInt64LittleEndian(Data.AsSpan(8));

    public string Text => Encoding.UTF8.GetString(Data);

    public static WirePacket Decode(ReadOnlySpan<byte> packet)
    {
        var number = (ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
        return new WirePacket((PacketCommand)number(packet, 12), number(packet, 4), number(packet, 16), number(packet, 20), packet[PacketHeader.Size..].ToArray());
    }

    /// <summary>The packets within an EVENT.</summary>
    public IEnumerable<WirePacket> Inner()
    {
        for (var at = 16; at < Data.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(Data.AsSpan(at + 8));
            yield return Decode(Data.AsSpan(at, length));
            at += length;
        }
    }

    public bool Equals(WirePacket? other) =>
        other is not null && (Command, Uid, P1, P2) == (other.Command, other.Uid, other.P1, other.P2) && Data.AsSpan().SequenceEqual(other.Data);

    public override int GetHashCode() => HashCode.Combine(Command, Uid, P1, P2, Data.Length);

    public override string ToString() => $"{Command} {Uid} {P1} {P2} {Convert.ToHexStringLower(Data)}";
}
