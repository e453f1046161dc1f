using System.Buffers.Binary;
using System.Text;

namespace TPacket.Server.Tests.Harness;

/// <summary>A packet, with a codec that the product does not share.</summary>
internal sealed record Packet(int Uid, int Command, int P1, int P2, byte[] Data)
{
    private const int HeaderLength = 24;

    public Packet(int uid, int command, string text, int p1 = 0, int p2 = 0)
        : this(uid, command, p1, p2, Encoding.UTF8.GetBytes(text))
    {
    }

    public string Text => Encoding.UTF8.GetString(Data);

    public static Packet Decode(ReadOnlySpan<byte> bytes)
    {
        Assert.True(bytes.Length >= HeaderLength, $"{bytes.Length} bytes are no packet.");
        Assert.Equal("Ej8@"u8, bytes[..4]);
        Assert.Equal(bytes.Length, Field(bytes, 8));
        return new Packet(Field(bytes, 4), Field(bytes, 12), Field(bytes, 16), Field(bytes, 20), bytes[HeaderLength..].ToArray());
    }

    public byte[] Encode()
    {
        var bytes = new byte[HeaderLength + Data.Length];
        "Ej8@"u8.CopyTo(bytes);
        int[] fields = [Uid, bytes.Length, Command, P1, P2];
        for (var i = 0; i < fields.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4 + (i * 4)), fields[i]);
        Data.CopyTo(bytes, HeaderLength);
        return bytes;
    }

    public bool Equals(Packet? other) =>
        other is not null && (Uid, Command, P1, P2) == (other.Uid, other.Command, other.P1, other.P2) && Data.AsSpan().SequenceEqual(other.Data);

    public override int GetHashCode() => HashCode.Combine(Uid, Command, P1, P2, Data.Length);

    public override string ToString() => $"[uid {Uid:x} cmd {Command} p1 {P1} p2 {P2} '{Text}']";

    private static int Field(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadInt32LittleEndian(bytes[offset..]);
}
