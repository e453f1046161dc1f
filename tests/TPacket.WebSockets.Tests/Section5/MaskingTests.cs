using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Tests;

/// <summary>RFC 6455, section 5.3: client-to-server masking.</summary>
public class MaskingTests
{
    private static readonly byte[] _key = [0x37, 0xFA, 0x21, 0x3D];

    [Fact]
    public void Unmasks_the_example_of_section_5_7()
    {
        var payload = Hex.Bytes("7f 9f 4d 51 58");

        Masking.Apply(payload, BitConverter.ToUInt32(_key));

        Assert.Equal("Hello"u8, payload);
    }

    [Fact]
    public void Agrees_with_the_definition_at_every_length_and_alignment()
    {
        for (var length = 0; length <= 300; length++)
        {
            var plain = Plain(length);
            var expected = ByDefinition(plain);
            for (var alignment = 0; alignment <= 64; alignment++)
            {
                // The bytes on both sides must not change.
                var memory = new byte[alignment + length + 64];
                Array.Fill(memory, (byte)0xEE);
                plain.CopyTo(memory, alignment);

                Masking.Apply(memory.AsSpan(alignment, length), BitConverter.ToUInt32(_key));

                Assert.True(expected.AsSpan().SequenceEqual(memory.AsSpan(alignment, length)), $"length {length}, alignment {alignment}");
                Assert.False(memory.AsSpan(0, alignment).ContainsAnyExcept((byte)0xEE), $"before, length {length}, alignment {alignment}");
                Assert.False(memory.AsSpan(alignment + length).ContainsAnyExcept((byte)0xEE), $"behind, length {length}, alignment {alignment}");
            }
        }
    }

    [Theory]
    [InlineData(0, 0x37, 0xFA, 0x21, 0x3D)]
    [InlineData(1, 0xFA, 0x21, 0x3D, 0x37)]
    [InlineData(2, 0x21, 0x3D, 0x37, 0xFA)]
    [InlineData(3, 0x3D, 0x37, 0xFA, 0x21)]
    [InlineData(4, 0x37, 0xFA, 0x21, 0x3D)]
    [InlineData(67, 0x3D, 0x37, 0xFA, 0x21)]
    public void Returns_the_key_for_the_byte_that_follows(int length, byte first, byte second, byte third, byte fourth)
    {
        var turned = Masking.Apply(new byte[length], BitConverter.ToUInt32(_key));

        Assert.Equal([first, second, third, fourth], BitConverter.GetBytes(turned));
    }

    [Fact]
    public void The_key_continues_across_every_split()
    {
        var plain = Plain(200);
        var expected = ByDefinition(plain);
        foreach (var pieces in Splits.Of(plain))
        {
            var key = BitConverter.ToUInt32(_key);
            foreach (var piece in pieces)
                key = Masking.Apply(piece, key);
            Assert.Equal(expected, Hex.Join(pieces));
        }
    }

    private static byte[] Plain(int length) => [.. Enumerable.Range(0, length).Select(static i => (byte)(i * 31))];

    /// <summary>transformed-octet-i = original-octet-i XOR masking-key-octet-(i MOD 4).</summary>
    private static byte[] ByDefinition(byte[] plain) => [.. plain.Select((b, i) => (byte)(b ^ _key[i % 4]))];
}
