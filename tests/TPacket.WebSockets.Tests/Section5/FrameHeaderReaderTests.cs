using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Tests;

/// <summary>RFC 6455, section 5.2: the base framing protocol.</summary>
public class FrameHeaderReaderTests
{
    [Theory]
    [InlineData("00 00", Wire.Continuation, false)]
    [InlineData("80 00", Wire.Continuation, true)]
    [InlineData("01 00", Wire.Text, false)]
    [InlineData("81 00", Wire.Text, true)]
    [InlineData("02 00", Wire.Binary, false)]
    [InlineData("82 00", Wire.Binary, true)]
    [InlineData("88 00", Wire.Close, true)]
    [InlineData("89 00", Wire.Ping, true)]
    [InlineData("8a 00", Wire.Pong, true)]
    public void Reads_every_opcode(string hex, byte opcode, bool fin) =>
        ExpectHeader(hex, expectMasked: false, new FrameHeader(fin, (Opcode)opcode, Masked: false, MaskingKey: 0, PayloadLength: 0));

    [Theory]
    [InlineData("82 00", 0)]
    [InlineData("82 01", 1)]
    [InlineData("82 7d", 125)]
    [InlineData("82 7e 00 7e", 126)]
    [InlineData("82 7e 00 7f", 127)]
    [InlineData("82 7e 01 00", 256)]
    [InlineData("82 7e ff ff", 65535)]
    [InlineData("82 7f 00 00 00 00 00 01 00 00", 65536)]
    [InlineData("82 7f 00 00 00 00 80 00 00 00", 0x80000000)]
    [InlineData("82 7f 00 00 00 01 00 00 00 00", 0x100000000)]
    [InlineData("82 7f 7f ff ff ff ff ff ff ff", long.MaxValue)]
    public void Reads_lengths_of_all_three_forms(string hex, long length) =>
        ExpectHeader(hex, expectMasked: false, new FrameHeader(true, Opcode.Binary, Masked: false, MaskingKey: 0, length));

    [Theory]
    [InlineData("82 80 01 02 03 04", 0)]
    [InlineData("82 fd 01 02 03 04", 125)]
    [InlineData("82 fe 00 7e 01 02 03 04", 126)]
    [InlineData("82 ff 00 00 00 00 00 01 00 00 01 02 03 04", 65536)]
    public void Reads_the_masking_key_in_the_byte_order_of_memory(string hex, long length) =>
        ExpectHeader(hex, expectMasked: true, new FrameHeader(true, Opcode.Binary, Masked: true, BitConverter.ToUInt32([1, 2, 3, 4]), length));

    [Theory]
    [InlineData("90")]
    [InlineData("a0")]
    [InlineData("c0")]
    [InlineData("f2")]
    [InlineData("99")]
    public void Rejects_reserved_bits_with_the_first_byte(string hex) => ExpectViolation(hex, nameof(Violations.ReservedBits));

    [Theory]
    [InlineData(0x3)]
    [InlineData(0x4)]
    [InlineData(0x5)]
    [InlineData(0x6)]
    [InlineData(0x7)]
    [InlineData(0xB)]
    [InlineData(0xC)]
    [InlineData(0xD)]
    [InlineData(0xE)]
    [InlineData(0xF)]
    public void Rejects_reserved_opcodes_with_the_first_byte(int opcode)
    {
        ExpectViolation($"8{opcode:x}", nameof(Violations.ReservedOpcode));
        ExpectViolation($"0{opcode:x}", nameof(Violations.ReservedOpcode));
    }

    [Theory]
    [InlineData("08")]
    [InlineData("09")]
    [InlineData("0a")]
    public void Rejects_fragmented_control_frames_with_the_first_byte(string hex) => ExpectViolation(hex, nameof(Violations.FragmentedControl));

    [Theory]
    [InlineData("88 7e")]
    [InlineData("89 7e")]
    [InlineData("8a 7e")]
    [InlineData("88 7f")]
    [InlineData("89 7f")]
    [InlineData("8a 7f")]
    public void Rejects_control_frames_over_125_bytes_with_the_second_byte(string hex) => ExpectViolation(hex, nameof(Violations.ControlTooLong));

    [Theory]
    [InlineData("89 7d")]
    [InlineData("8a 7d")]
    [InlineData("88 7d")]
    public void Accepts_control_frames_of_125_bytes(string hex) =>
        ExpectHeader(hex, expectMasked: false, new FrameHeader(true, (Opcode)(Hex.Bytes(hex)[0] & 0xF), Masked: false, MaskingKey: 0, 125));

    [Theory]
    [InlineData("82 7e 00 00")]
    [InlineData("82 7e 00 7d")]
    [InlineData("82 7f 00 00 00 00 00 00 00 00")]
    [InlineData("82 7f 00 00 00 00 00 00 00 7d")]
    [InlineData("82 7f 00 00 00 00 00 00 ff ff")]
    public void Rejects_lengths_that_are_not_in_their_shortest_form(string hex)
    {
        ExpectViolation(hex, nameof(Violations.LengthNotMinimal), exactlyAtLastByte: false);
        ExpectViolation(Masked(hex), nameof(Violations.LengthNotMinimal), expectMasked: true, exactlyAtLastByte: false);
    }

    [Theory]
    [InlineData("82 7f 80")]
    [InlineData("82 7f ff")]
    public void Rejects_a_length_with_its_top_bit_set_with_that_byte(string hex)
    {
        ExpectViolation(hex, nameof(Violations.LengthNegative));
        ExpectViolation(Masked(hex), nameof(Violations.LengthNegative), expectMasked: true);
    }

    [Theory]
    [InlineData("81 00")]
    [InlineData("82 7d")]
    [InlineData("89 00")]
    public void A_server_rejects_unmasked_frames_with_the_second_byte(string hex) =>
        ExpectViolation(hex, nameof(Violations.NotMasked), expectMasked: true);

    [Theory]
    [InlineData("81 80")]
    [InlineData("82 fd")]
    [InlineData("89 80")]
    public void A_client_rejects_masked_frames_with_the_second_byte(string hex) => ExpectViolation(hex, nameof(Violations.Masked));

    [Fact]
    public void Does_not_consume_bytes_after_the_header()
    {
        var status = FrameHeaderReader.TryRead(Hex.Bytes("82 82 01 02 03 04 aa bb"), expectMasked: true, out var header, out var consumed, out _);

        Assert.Equal(FrameReadStatus.Done, status);
        Assert.Equal(2, header.PayloadLength);
        Assert.Equal(6, consumed);
    }

    [Fact]
    public void Needs_more_than_an_empty_input() =>
        Assert.Equal(FrameReadStatus.NeedMore, FrameHeaderReader.TryRead([], expectMasked: true, out _, out _, out _));

    private static string Masked(string hex)
    {
        var bytes = Hex.Bytes(hex);
        bytes[1] |= 0x80;
        return Hex.Of(bytes);
    }

    private static void ExpectHeader(string hex, bool expectMasked, FrameHeader expected)
    {
        var bytes = Hex.Bytes(hex);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(FrameReadStatus.NeedMore, FrameHeaderReader.TryRead(bytes.AsSpan(0, length), expectMasked, out _, out var none, out _));
            Assert.Equal(0, none);
        }

        Assert.Equal(FrameReadStatus.Done, FrameHeaderReader.TryRead(bytes, expectMasked, out var header, out var consumed, out _));
        Assert.Equal(expected, header);
        Assert.Equal(bytes.Length, consumed);
    }

    private static void ExpectViolation(string hex, string name, bool expectMasked = false, bool exactlyAtLastByte = true)
    {
        var bytes = Hex.Bytes(hex);
        if (exactlyAtLastByte)
            Assert.Equal(FrameReadStatus.NeedMore, FrameHeaderReader.TryRead(bytes.AsSpan(0, bytes.Length - 1), expectMasked, out _, out _, out _));
        Assert.Equal(FrameReadStatus.Violation, FrameHeaderReader.TryRead(bytes, expectMasked, out _, out _, out var violation));
        Assert.Equal(Transcript.Named(name), violation);
    }

    /// <summary>The opcodes of the wire, for the parameters of public test methods.</summary>
    private static class Wire
    {
        public const byte Continuation = 0x0;
        public const byte Text = 0x1;
        public const byte Binary = 0x2;
        public const byte Close = 0x8;
        public const byte Ping = 0x9;
        public const byte Pong = 0xA;
    }
}
