using System.Buffers;

namespace TPacket.Protocol.Tests;

public class PacketReaderTests
{
    // NEW_MSG "hello" as the server sends it for user 0x1000.
    private static readonly byte[] _hello = Wire.Hex("456a3840 ffffffff 1d000000 07000000 00100000 00000000 68656c6c6f");
    private static readonly PacketHeader _helloHeader = new(-1, 5, 7, 0x1000, 0);

    [Fact]
    public void A_whole_packet_is_read_however_it_arrives()
    {
        var (status, header, data) = Wire.ReadEveryWay(_hello);

        Assert.Equal(PacketReadStatus.Done, status);
        Assert.Equal(_helloHeader, header);
        Assert.Equal("hello"u8, data);
    }

    [Fact]
    public void A_packet_without_data_is_read_however_it_arrives()
    {
        var (status, header, data) = Wire.ReadEveryWay(Wire.Hex("456a3840 01100000 18000000 03000000 00000000 00000000"));

        Assert.Equal(PacketReadStatus.Done, status);
        Assert.Equal(new PacketHeader(0x1001, 0, 3, 0, 0), header);
        Assert.Empty(data);
    }

    [Fact]
    public void Every_prefix_of_a_packet_needs_more()
    {
        for (var length = 0; length < _hello.Length; length++)
            Assert.Equal(PacketReadStatus.NeedMore, Wire.ReadEveryWay(_hello[..length]).Status);
    }

    [Fact]
    public void Every_prefix_of_a_header_needs_more()
    {
        for (var length = 0; length < PacketHeader.Size; length++)
        {
            Assert.Equal(PacketReadStatus.NeedMore, PacketReader.TryReadHeader(_hello.AsSpan(0, length), int.MaxValue, out var none));
            Assert.Equal(default, none);
        }

        Assert.Equal(PacketReadStatus.Done, PacketReader.TryReadHeader(_hello.AsSpan(0, PacketHeader.Size), int.MaxValue, out var header));
        Assert.Equal(_helloHeader, header);
    }

    [Fact]
    public void The_default_sequence_needs_more() =>
        Assert.Equal(PacketReadStatus.NeedMore, PacketReader.TryRead(ReadOnlySequence<byte>.Empty, int.MaxValue, out _, out _));

    [Fact]
    public void Bytes_after_a_packet_are_not_read()
    {
        byte[] two = [.. _hello, .. _hello, 0x45];
        var rest = new ReadOnlySequence<byte>(two);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(PacketReadStatus.Done, PacketReader.TryRead(rest, int.MaxValue, out var header, out var data));
            Assert.Equal("hello"u8, data.ToArray());
            rest = rest.Slice(header.PacketLength);
        }

        Assert.Equal(PacketReadStatus.NeedMore, PacketReader.TryRead(rest, int.MaxValue, out _, out _));
        Assert.Equal(PacketReadStatus.Done, Wire.ReadEveryWay(two).Status);
    }

    [Fact]
    public void The_data_is_a_view_and_not_a_copy()
    {
        PacketReader.TryRead(_hello, int.MaxValue, out _, out ReadOnlySpan<byte> data);

        Assert.True(data.Overlaps(_hello, out var offset));
        Assert.Equal(-PacketHeader.Size, offset);
    }

    [Fact]
    public void A_packet_of_the_limit_is_accepted_and_a_longer_one_rejected()
    {
        Assert.Equal(PacketReadStatus.Done, Wire.ReadEveryWay(_hello, maxLength: _hello.Length).Status);
        Assert.Equal(PacketReadStatus.SizeTooLarge, Wire.ReadEveryWay(_hello, maxLength: _hello.Length - 1).Status);
    }

    [Fact]
    public void The_header_alone_is_enough_to_reject_a_packet_beyond_the_limit()
    {
        var header = _hello[..PacketHeader.Size];

        Assert.Equal(PacketReadStatus.SizeTooLarge, Wire.ReadEveryWay(header, maxLength: _hello.Length - 1).Status);
        Assert.Equal(PacketReadStatus.NeedMore, Wire.ReadEveryWay(header, maxLength: _hello.Length).Status);
    }

    [Theory]
    [InlineData(int.MinValue)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(23)]
    public void A_size_below_a_headers_is_a_violation(int size) =>
        Assert.Equal(PacketReadStatus.SizeTooSmall, Wire.ReadEveryWay(Wire.WithSize(size), maxLength: 64 * 1024).Status);

    [Theory]
    [InlineData(64 * 1024 + 1)]
    [InlineData(int.MaxValue - 1)]
    [InlineData(int.MaxValue)]
    public void A_size_above_the_limit_is_a_violation(int size) =>
        Assert.Equal(PacketReadStatus.SizeTooLarge, Wire.ReadEveryWay(Wire.WithSize(size), maxLength: 64 * 1024).Status);

    [Theory]
    [InlineData(int.MinValue)]
    [InlineData(-1)]
    [InlineData(0)]
    public void A_limit_below_a_headers_length_rejects_every_packet(int maxLength) =>
        Assert.Equal(PacketReadStatus.SizeTooLarge, Wire.ReadEveryWay(_hello, maxLength).Status);

    [Fact]
    public void The_first_wrong_byte_of_a_signature_is_rejected()
    {
        for (var wrong = 0; wrong < 4; wrong++)
        {
            var bytes = _hello.ToArray();
            bytes[wrong] ^= 0x20;

            for (var length = 0; length <= wrong; length++)
                Assert.Equal(PacketReadStatus.NeedMore, Wire.ReadEveryWay(bytes[..length]).Status);
            for (var length = wrong + 1; length <= bytes.Length; length++)
                Assert.Equal(PacketReadStatus.BadSignature, Wire.ReadEveryWay(bytes[..length]).Status);
        }
    }

    [Fact]
    public void A_wrong_signature_is_reported_before_a_wrong_size()
    {
        var bytes = Wire.WithSize(-1);
        bytes[3] = 0;

        Assert.Equal(PacketReadStatus.BadSignature, Wire.ReadEveryWay(bytes).Status);
        Assert.Equal(PacketReadStatus.BadSignature, PacketReader.TryReadMessage(bytes, out _, out _));
    }

    [Fact]
    public void A_violation_returns_no_header_and_no_data()
    {
        foreach (var bytes in new[] { Wire.WithSize(-1), Wire.WithSize(int.MaxValue), Wire.Hex("00") })
        {
            var (_, header, data) = Wire.ReadEveryWay(bytes, maxLength: 1024);

            Assert.Equal(default, header);
            Assert.Empty(data);
        }
    }

    [Fact]
    public void Random_bytes_return_a_status_and_never_throw()
    {
        var random = new Random(25021);
        for (var i = 0; i < 2000; i++)
        {
            var bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            PacketHeader.Signature[..Math.Min(random.Next(5), bytes.Length)].CopyTo(bytes);
            if (bytes.Length > 12 && random.Next(2) == 0)
                bytes.AsSpan(9, 3).Clear();

            var (status, header, data) = Wire.ReadEveryWay(bytes, maxLength: 64);

            if (status == PacketReadStatus.Done)
                Assert.Equal(header.PacketLength, PacketHeader.Size + data.Length);
        }
    }
}
