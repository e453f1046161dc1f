using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Tests;

/// <summary>RFC 6455, section 5.2: written headers, with lengths in their shortest form.</summary>
public class FrameWriterTests
{
    [Theory]
    [InlineData(0x1, 0, "81 00")]
    [InlineData(0x2, 1, "82 01")]
    [InlineData(0x2, 125, "82 7d")]
    [InlineData(0x2, 126, "82 7e 00 7e")]
    [InlineData(0x2, 256, "82 7e 01 00")]
    [InlineData(0x2, 65535, "82 7e ff ff")]
    [InlineData(0x2, 65536, "82 7f 00 00 00 00 00 01 00 00")]
    [InlineData(0x2, int.MaxValue, "82 7f 00 00 00 00 7f ff ff ff")]
    [InlineData(0x8, 2, "88 02")]
    [InlineData(0x9, 0, "89 00")]
    [InlineData(0xA, 125, "8a 7d")]
    public void Writes_a_header_in_its_shortest_form(byte opcode, int length, string hex)
    {
        var header = new byte[FrameHeader.MaxLength];

        var written = FrameWriter.WriteHeader(header, new FrameForm((Opcode)opcode), length);

        Assert.Equal(Hex.Bytes(hex), header[..written]);
        Assert.Equal(written, FrameWriter.HeaderLength(length));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(int.MaxValue)]
    public void A_written_header_is_read_back(int length)
    {
        var header = new byte[FrameHeader.MaxLength];
        var written = FrameWriter.WriteHeader(header, new FrameForm(Opcode.Binary), length);

        Assert.Equal(FrameReadStatus.Done, FrameHeaderReader.TryRead(header.AsSpan(0, written), expectMasked: false, out var read, out var consumed, out _));
        Assert.Equal(new FrameHeader(true, Opcode.Binary, Masked: false, MaskingKey: 0, length), read);
        Assert.Equal(written, consumed);
    }
}
