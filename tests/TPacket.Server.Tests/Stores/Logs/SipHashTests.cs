using System.Buffers.Binary;
using TPacket.Server.Stores.Logs;

namespace TPacket.Server.Tests.Stores;

/// <summary>The test vectors of SipHash-2-4's authors: key 00 01 .. 0f, message 00 01 .. of each length.</summary>
public class SipHashTests
{
    [Theory]
    [InlineData(0, 0x726fdb47dd0e0e31UL)]
    [InlineData(1, 0x74f839c593dc67fdUL)]
    [InlineData(7, 0xab0200f58b01d137UL)]
    [InlineData(8, 0x93f5f5799a932462UL)]
    [InlineData(15, 0xa129ca6149be45e5UL)]
    public void The_hash_has_the_values_of_its_authors(int length, ulong expected)
    {
        Span<byte> bytes = stackalloc byte[16];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)i;
        var hash = new SipHash(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
        Assert.Equal(expected, hash.Finish(bytes[..length]));
    }

    [Fact]
    public void Bytes_with_their_length_cannot_be_split_differently()
    {
        var one = new SipHash(1, 2);
        one.AddWithLength("ab"u8);
        one.AddWithLength("c"u8);
        var other = new SipHash(1, 2);
        other.AddWithLength("a"u8);
        other.AddWithLength("bc"u8);
        Assert.NotEqual(one.Finish(), other.Finish());
    }
}
