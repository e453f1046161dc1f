using System.Buffers;
using System.Buffers.Binary;

namespace TPacket.Protocol.Tests;

/// <summary>Bytes as they stand on the wire, put together and read without the code under test.</summary>
internal static class Wire
{
    /// <summary>Hex with spaces where they help to read.</summary>
    public static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));

    /// <summary>A packet whose size field says <paramref name="size"/>, whatever the length is.</summary>
    public static byte[] WithSize(int size, int dataLength = 0)
    {
        var bytes = new byte[24 + dataLength];
        "Ej8@"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), size);
        return bytes;
    }

    /// <summary>Reads the bytes as a span and in every arrival, and fails unless all come to the same.</summary>
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
