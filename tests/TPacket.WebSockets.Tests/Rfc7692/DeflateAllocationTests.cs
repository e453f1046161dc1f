using System.IO.Compression;
using TPacket.WebSockets.Compression;

namespace TPacket.WebSockets.Tests;

/// <summary>Compression and decompression allocate nothing when the pools are filled.</summary>
public class DeflateAllocationTests
{
    [Theory]
    [InlineData(128, false)]
    [InlineData(128, true)]
    [InlineData(4096, false)]
    [InlineData(4096, true)]
    public void A_message_allocates_nothing(int length, bool contextTakeover)
    {
        var deflater = new Deflater(15, CompressionLevel.Optimal, contextTakeover);
        var inflater = new Inflater(contextTakeover);
        var text = Samples.Text(length);
        var output = new byte[length + 1];

        AssertAllocatesNothing(() =>
        {
            using var message = deflater.Deflate(text.AsSpan(0, 24), text.AsSpan(24));
            var input = message.Bytes;
            inflater.Inflate(ref input, output, out _);
            inflater.TryEndMessage();
        });
        deflater.Release();
        inflater.Release();
    }

    [Fact]
    public void Releasing_a_context_and_continuing_allocates_nothing()
    {
        var deflater = new Deflater(15, CompressionLevel.Optimal, contextTakeover: true);
        var text = Samples.Text(128);

        AssertAllocatesNothing(() =>
        {
            using var message = deflater.Deflate([], text);
            deflater.Release();
        });
    }

    [Fact]
    public void A_header_allocates_nothing()
    {
        var header = "permessage-deflate; server_max_window_bits=9; client_max_window_bits, permessage-deflate"u8.ToArray();
        var response = new byte[DeflateElementWriter.MaxLength];

        AssertAllocatesNothing(() =>
        {
            ServerNegotiation.Accept(header, DeflateOptions.Default, response, out var length, out _);
            ClientNegotiation.ReadResponse(response.AsSpan(0, length), DeflateOptions.Default, out _);
            ClientNegotiation.WriteOffer(response, DeflateOptions.Default);
        });
    }

    private static void AssertAllocatesNothing(Action action)
    {
        for (var i = 0; i < 10; i++)
            action();

        // An allocation for every message shows in each round; the refill of a pool after a garbage collection does not.
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
