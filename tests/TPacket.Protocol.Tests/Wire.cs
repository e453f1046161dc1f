using System.Buffers;
using System.Buffers.Binary;

namespace TPacket.Protocol.Tests;

/// <summary>Bytes of the wire, composed and read without the code under test.</summary>
internal static class Wire
{
    /// <summary>Converts hex digits, which may be separated by spaces.</summary>
    public static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));

    /// <summary>Composes a packet whose size field is <paramref name="size"/>, independent of its length.</summary>
    public static byte[] WithSize(int size, int dataLength = 0)
    {
        var bytes = new byte[24 + dataLength];
        "Ej8@"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), size);
        return bytes;
    }

    /// <summary>Reads the bytes as a span and in every arrival, and asserts that all results are equal.</summary>
    public static (PacketReadStatus Status, PacketHeader Header, byte[] Data) ReadEveryWay(byte[] bytes, int maxLength = int.MaxValue)
    {
        var status = PacketReader.TryRead(bytes, maxLength, out var header, out ReadOnlySpan<byte> view);
        var data = view.ToArray();
        foreach (var arrival in Arrivals.Of(bytes))
        {
            Assert.Equal(status, PacketReader.TryRead(arrival, maxLength, out var sameHeader, out var sameData));
            Assert.Equal(header, sameHeader);
            Assert.Equal(data, sameData.ToArray());
        }

        return (status, header, data);
    }
}
