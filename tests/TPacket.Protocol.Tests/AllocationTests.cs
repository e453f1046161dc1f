using System.Buffers;

namespace TPacket.Protocol.Tests;

/// <summary>The codec allocates nothing, whatever size a peer announces.</summary>
public class AllocationTests
{
    private const int MaxLength = 64 * 1024;

    [Fact]
    public void Reading_allocates_nothing()
    {
        var packet = Wire.Hex("456a3840 ffffffff 1d000000 07000000 00100000 00000000 68656c6c6f");
        var bytewise = Arrivals.OneByteEach(packet);

        AssertAllocatesNothing(() =>
        {
            PacketReader.TryRead(packet, MaxLength, out _, out ReadOnlySpan<byte> _);
            PacketReader.TryRead(bytewise, MaxLength, out _, out _);
            PacketReader.TryReadMessage(packet, out _, out _);
        });
    }

    [Theory]
    [InlineData(int.MinValue)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(MaxLength)]
    [InlineData(int.MaxValue)]
    public void A_wrong_size_from_a_peer_allocates_nothing(int size)
    {
        var packet = Wire.WithSize(size);
        var bytewise = Arrivals.OneByteEach(packet);

        AssertAllocatesNothing(() =>
        {
            PacketReader.TryRead(packet, MaxLength, out _, out ReadOnlySpan<byte> _);
            PacketReader.TryRead(packet, int.MaxValue, out _, out ReadOnlySpan<byte> _);
            PacketReader.TryRead(bytewise, MaxLength, out _, out _);
            PacketReader.TryRead(bytewise, int.MaxValue, out _, out _);
            PacketReader.TryReadMessage(packet, out _, out _);
        });
    }

    [Fact]
    public void Writing_allocates_nothing()
    {
        var span = new byte[64];
        var writer = new ArrayBufferWriter<byte>(64);

        AssertAllocatesNothing(() =>
        {
            PacketWriter.Write(span, 1, 7, 0, 0, "hello"u8);
            PacketWriter.WriteHeader(span, 1, 7, 0, 0, PacketWriter.MaxDataLength);
            writer.ResetWrittenCount();
            PacketWriter.Write(writer, 1, 7, 0, 0, "hello"u8);
        });
    }

    private static void AssertAllocatesNothing(Action action)
    {
        for (var i = 0; i < 10; i++)
            action();

        // An allocation for each message shows in every round. The allocation of a pool that a collection has trimmed shows in one round only.
        Assert.Equal(0, Enumerable.Range(0, 5).Min(_ => AllocatedBy(action)));
    }

    private static long AllocatedBy(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
