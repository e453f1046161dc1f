using System.Buffers;

namespace TPacket.Protocol.Tests;

public class PacketWriterTests
{
    [Fact]
    public void Both_overloads_write_the_same_bytes_and_return_their_number()
    {
        var expected = Wire.Hex("456a3840 04100000 23000000 07000000 01000000 feffffff 6772c3bcc39f6520e29c93");

        var span = new byte[expected.Length + 1];
        Assert.Equal(expected.Length, PacketWriter.Write(span, 0x1004, 7, 1, -2, "grüße ✓"u8));
        Assert.Equal(expected, span[..^1]);
        Assert.Equal(0, span[^1]);

        var writer = new ArrayBufferWriter<byte>();
        PacketWriter.Write(writer, 0x1004, 7, 1, -2, "grüße ✓"u8);
        Assert.Equal(expected, writer.WrittenSpan);
    }

    [Fact]
    public void Packets_that_are_written_one_after_the_other_are_adjacent()
    {
        var writer = new ArrayBufferWriter<byte>();
        PacketWriter.Write(writer, 1, 7, 0, 0, "a"u8);
        PacketWriter.Write(writer, 2, 7, 0, 0, []);

        Assert.Equal(
            Wire.Hex("456a3840 01000000 19000000 07000000 00000000 00000000 61" + "456a3840 02000000 18000000 07000000 00000000 00000000"),
            writer.WrittenSpan);
    }

    [Fact]
    public void Data_longer_than_a_buffer_writers_span_is_written_completely()
    {
        var data = new byte[10_000];
        new Random(1).NextBytes(data);
        var writer = new ArrayBufferWriter<byte>(1);

        PacketWriter.Write(writer, 1, 7, 0, 0, data);

        Assert.Equal(PacketReadStatus.Done, PacketReader.TryReadMessage(writer.WrittenSpan, out _, out var read));
        Assert.Equal(data, read);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(23)]
    [InlineData(28)]
    public void A_destination_shorter_than_the_packet_throws(int length)
    {
        var destination = new byte[length];

        Assert.Throws<ArgumentException>(() => PacketWriter.Write(destination, 1, 7, 0, 0, "hello"u8));
        Assert.All(destination, b => Assert.Equal(0, b));
    }

    [Fact]
    public void A_destination_of_exactly_the_packets_length_is_accepted() =>
        Assert.Equal(29, PacketWriter.Write(new byte[29], 1, 7, 0, 0, "hello"u8));

    [Fact]
    public void A_missing_buffer_writer_throws() =>
        Assert.Throws<ArgumentNullException>(() => PacketWriter.Write((IBufferWriter<byte>)null!, 1, 7, 0, 0, []));

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(PacketWriter.MaxDataLength + 1)]
    [InlineData(int.MaxValue)]
    public void A_header_for_data_of_an_impossible_length_throws(int dataLength) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PacketWriter.WriteHeader(new byte[24], 1, 7, 0, 0, dataLength));

    [Fact]
    public void A_header_needs_24_bytes() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PacketWriter.WriteHeader(new byte[23], 1, 7, 0, 0, 0));

    [Theory]
    [InlineData(0, 24)]
    [InlineData(PacketWriter.MaxDataLength, int.MaxValue)]
    public void A_headers_size_field_counts_the_header(int dataLength, int size)
    {
        var header = new byte[24];
        PacketWriter.WriteHeader(header, 1, 7, 0, 0, dataLength);

        Assert.Equal(size, BitConverter.ToInt32(header, 8));
        Assert.Equal(PacketReadStatus.Done, PacketReader.TryReadHeader(header, int.MaxValue, out var read));
        Assert.Equal(size, read.PacketLength);
    }
}
