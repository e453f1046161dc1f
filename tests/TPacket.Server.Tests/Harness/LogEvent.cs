using System.Buffers.Binary;

namespace TPacket.Server.Tests.Harness;

/// <summary>An EVENT packet, decoded as docs/protocol.md says.</summary>
internal sealed record LogEvent(long Offset, long Time, ulong Check, IReadOnlyList<Packet> Packets)
{
    /// <summary>Decodes an EVENT, and fails the test for any other packet.</summary>
    public static LogEvent Of(Packet packet)
    {
        Assert.Equal((-1, Wire.Event), (packet.Uid, packet.Command));
        Assert.True(packet.Data.Length >= 16, $"An EVENT with {packet.Data.Length} bytes of data has no time and check.");
        var packets = new List<Packet>();
        for (var rest = packet.Data.AsSpan(16); !rest.IsEmpty; rest = rest[(24 + packets[^1].Data.Length)..])
            packets.Add(Packet.Decode(rest[..BinaryPrimitives.ReadInt32LittleEndian(rest[8..])]));
        return new LogEvent(OffsetOf(packet), BinaryPrimitives.ReadInt64LittleEndian(packet.Data), BinaryPrimitives.ReadUInt64LittleEndian(packet.Data.AsSpan(8)), packets);
    }

    /// <summary>The offset in p1 and p2 of an EVENT or RECEIPT.</summary>
    public static long OffsetOf(Packet packet) => (uint)packet.P1 | ((long)packet.P2 << 32);

    public bool Equals(LogEvent? other) => other is not null && (Offset, Time, Check) == (other.Offset, other.Time, other.Check) && Packets.SequenceEqual(other.Packets);

    public override int GetHashCode() => HashCode.Combine(Offset, Time, Check);
}
