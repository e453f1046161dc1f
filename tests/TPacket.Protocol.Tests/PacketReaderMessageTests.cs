namespace TPacket.Protocol.Tests;

/// <summary>A WebSocket message must consist of exactly one packet.</summary>
public class PacketReaderMessageTests
{
    private static readonly byte[] _nick = Wire.Hex("456a3840 01100000 1d000000 01000000 00000000 00000000 616c696365");

    [Fact]
    public void A_message_of_one_packet_is_read()
    {
        Assert.Equal(PacketReadStatus.Done, PacketReader.TryReadMessage(_nick, out var header, out var data));
        Assert.Equal(new PacketHeader(0x1001, 5, (int)PacketCommand.SetUserNick, 0, 0), header);
        Assert.Equal("alice"u8, data);
    }

    [Fact]
    public void A_message_shorter_than_a_header_is_truncated()
    {
        for (var length = 0; length < PacketHeader.Size; length++)
            Assert.Equal(PacketReadStatus.Truncated, PacketReader.TryReadMessage(_nick.AsSpan(0, length), out _, out _));
    }

    [Fact]
    public void A_message_shorter_than_its_packet_is_a_mismatch()
    {
        for (var length = PacketHeader.Size; length < _nick.Length; length++)
            Assert.Equal(PacketReadStatus.SizeMismatch, PacketReader.TryReadMessage(_nick.AsSpan(0, length), out _, out _));
    }

    [Fact]
    public void A_message_with_bytes_after_its_packet_is_a_mismatch()
    {
        Assert.Equal(PacketReadStatus.SizeMismatch, PacketReader.TryReadMessage([.. _nick, 0], out _, out _));
        Assert.Equal(PacketReadStatus.SizeMismatch, PacketReader.TryReadMessage([.. _nick, .. _nick], out _, out var data));
        Assert.True(data.IsEmpty);
    }

    [Theory]
    [InlineData(int.MinValue, PacketReadStatus.SizeTooSmall)]
    [InlineData(-1, PacketReadStatus.SizeTooSmall)]
    [InlineData(0, PacketReadStatus.SizeTooSmall)]
    [InlineData(23, PacketReadStatus.SizeTooSmall)]
    [InlineData(24, PacketReadStatus.Done)]
    [InlineData(25, PacketReadStatus.SizeMismatch)]
    [InlineData(int.MaxValue, PacketReadStatus.SizeMismatch)]
    public void The_size_field_of_a_header_without_data_decides(int size, PacketReadStatus status) =>
        Assert.Equal(status, PacketReader.TryReadMessage(Wire.WithSize(size), out _, out _));

    [Fact]
    public void A_message_that_does_not_begin_with_the_signature_is_rejected_whatever_its_length()
    {
        for (var length = 1; length <= _nick.Length; length++)
        {
            var bytes = _nick[..length];
            bytes[0] = (byte)'e';
            Assert.Equal(PacketReadStatus.BadSignature, PacketReader.TryReadMessage(bytes, out _, out _));
        }
    }
}
