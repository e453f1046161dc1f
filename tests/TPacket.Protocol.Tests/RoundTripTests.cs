namespace TPacket.Protocol.Tests;

public class RoundTripTests
{
    private static readonly int[] _values = [int.MinValue, int.MinValue + 1, -0x1000, -1, 0, 1, 0xff, 0x100, 0x1000, 0x12345678, int.MaxValue - 1, int.MaxValue];

    public static TheoryData<int> Values => [.. _values];

    [Theory]
    [MemberData(nameof(Values))]
    public void Every_value_of_each_field_is_read_as_it_was_written(int value)
    {
        foreach (var header in new[]
        {
            new PacketHeader(value, 3, 1, 2, 3),
            new PacketHeader(1, 3, value, 2, 3),
            new PacketHeader(1, 3, 2, value, 3),
            new PacketHeader(1, 3, 2, 3, value),
            new PacketHeader(value, 3, value, value, value),
        })
            Assert.Equal(header, WrittenAndRead(header, "abc"u8.ToArray()));
    }

    [Fact]
    public void Random_values_and_data_are_read_as_they_were_written()
    {
        var random = new Random(1);
        for (var i = 0; i < 500; i++)
        {
            var data = new byte[random.Next(64)];
            random.NextBytes(data);
            var header = new PacketHeader(Any(), data.Length, Any(), Any(), Any());

            Assert.Equal(header, WrittenAndRead(header, data));
        }

        int Any() => random.Next(4) == 0 ? _values[random.Next(_values.Length)] : (int)random.NextInt64(int.MinValue, 1L + int.MaxValue);
    }

    private static PacketHeader WrittenAndRead(PacketHeader header, byte[] data)
    {
        var bytes = new byte[header.PacketLength];
        PacketWriter.Write(bytes, header.Uid, header.Command, header.P1, header.P2, data);

        var (status, read, readData) = Wire.ReadEveryWay(bytes);
        Assert.Equal(PacketReadStatus.Done, status);
        Assert.Equal(data, readData);
        return read;
    }
}
