using TPacket.Transports.Buffers;
using TPacket.WebSockets.Compression;

namespace TPacket.WebSockets.Tests;

/// <summary>RFC 7692, section 7.2.2: decompression.</summary>
public class InflaterTests
{
    private const string Hello = "f2 48 cd c9 c9 07 00";

    [Fact]
    public void Several_streams_with_BFINAL_form_one_message() =>
        Inflating.Expect(
            contextTakeover: true,
            ("f3 48 cd c9 c9 07 00  f3 48 cd c9 c9 07 00  00", "HelloHello"),
            ("03 00 03 00 03 00  f2 48 cd c9 c9 07 00", "Hello"),
            ("01 05 00 fa ff 48 65 6c 6c 6f  00", "Hello"));

    [Fact]
    public void The_empty_block_at_the_end_may_have_BFINAL_set() =>
        Inflating.Expect(contextTakeover: true, ("01", ""), ("00 05 00 fa ff 48 65 6c 6c 6f 01", "Hello"), (Hello, "Hello"));

    [Fact]
    public void A_stream_cannot_refer_to_data_before_a_block_with_BFINAL()
    {
        var inflater = new Inflater(contextTakeover: true);
        Assert.NotNull(Inflating.Message(inflater, 64, Hex.Bytes("f3 48 cd c9 c9 07 00 00")));
        Assert.Null(Inflating.Message(inflater, 64, Hex.Bytes("f2 00 11 00 00")));
    }

    [Fact]
    public void Without_context_takeover_a_reference_to_an_earlier_message_is_invalid()
    {
        var inflater = new Inflater(contextTakeover: false);
        Assert.NotNull(Inflating.Message(inflater, 64, Hex.Bytes(Hello)));
        Assert.Null(Inflating.Message(inflater, 64, Hex.Bytes("f2 00 11 00 00")));
    }

    [Theory]
    [InlineData("07")] // block type 3
    [InlineData("06 00")]
    [InlineData("00 05 00 fa fe 48 65 6c 6c 6f 00")] // length and its complement differ
    [InlineData("f2 00 11 00 00")] // a distance of five without earlier data
    [InlineData("ff ff ff ff ff ff")]
    [InlineData("fc ff ff ff")] // too many codes
    [InlineData("f3 48 cd c9 c9 07 00 07")] // garbage after BFINAL
    [InlineData("f3 48 cd c9 c9 07 00 ff ff ff")]
    public void Data_that_is_not_DEFLATE_is_invalid(string payload) => Inflating.ExpectInvalid(payload);

    [Theory]
    [InlineData("")] // not even the beginning of the empty block
    [InlineData("f2")]
    [InlineData("f2 48 cd")]
    [InlineData("f2 48 cd c9 c9 07")] // the last byte is missing
    [InlineData("f3 48 cd c9 c9 07 00")] // BFINAL without an empty block after it
    [InlineData("f2 48 cd c9 c9 07 00 00 00 ff ff")] // the tail was not removed
    [InlineData("f2 48 cd c9 c9 07 00 00")]
    [InlineData("00 05 00 fa ff 48 65 6c 6c 6f")] // an uncompressed block without an empty block after it
    [InlineData("00 05 00 fa ff 48 65 6c 6c")]
    [InlineData("00 09 00 f6 ff 48 65 6c 6c 6f")] // the tail is data
    [InlineData("00 05 00")]
    [InlineData("00 00")]
    [InlineData("04")] // the beginning of codes
    [InlineData("04 c0 b1")]
    public void A_message_that_does_not_end_with_the_header_of_an_empty_block_is_invalid(string payload) => Inflating.ExpectInvalid(payload);

    [Fact]
    public void No_prefix_of_a_message_is_a_message()
    {
        using var message = new Deflater(15, System.IO.Compression.CompressionLevel.Optimal, contextTakeover: false).Deflate([], Samples.Text(700));
        var payload = message.Bytes.ToArray();
        for (var length = 0; length < payload.Length; length++)
            Assert.Null(Inflating.Message(new Inflater(contextTakeover: false), 4096, payload[..length]));
    }

    [Fact]
    public void A_decompression_bomb_costs_no_more_than_its_receiver_reads()
    {
        var outstanding = BufferPool.Outstanding;
        var bomb = Zeros(1L << 30);
        Assert.InRange(bomb.Length, 1, 12 * 1024 * 1024);
        var inflater = new Inflater(contextTakeover: false);
        ReadOnlySpan<byte> input = bomb;
        var output = new byte[64 * 1024];
        var before = GC.GetAllocatedBytesForCurrentThread();

        var status = inflater.Inflate(ref input, output, out var written);

        Assert.Equal(InflateStatus.OutputFull, status);
        Assert.Equal(output.Length, written);
        // zlib has consumed the input that it needed, and left the rest.
        Assert.InRange(input.Length, bomb.Length - 1024, bomb.Length);
        // Includes the part of the thread's allocation context that a garbage collection discards.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, output.Length);
        inflater.Release();
        Assert.Equal(outstanding, BufferPool.Outstanding);
    }

    [Fact]
    public void Ending_a_message_before_its_output_is_read_throws()
    {
        var inflater = new Inflater(contextTakeover: false);
        ReadOnlySpan<byte> input = Hex.Bytes(Hello);
        Assert.Equal(InflateStatus.OutputFull, inflater.Inflate(ref input, new byte[5], out _));
        Assert.Throws<InvalidOperationException>(() => inflater.TryEndMessage());
        Assert.Equal(InflateStatus.NeedInput, inflater.Inflate(ref input, new byte[1], out var written));
        Assert.Equal(0, written);
        Assert.True(inflater.TryEndMessage());
    }

    [Fact]
    public void An_empty_output_is_full()
    {
        var inflater = new Inflater(contextTakeover: false);
        ReadOnlySpan<byte> input = Hex.Bytes(Hello);
        Assert.Equal(InflateStatus.OutputFull, inflater.Inflate(ref input, [], out var written));
        Assert.Equal(0, written);
        inflater.Release();
    }

    [Fact]
    public void A_release_within_a_message_discards_it()
    {
        var outstanding = BufferPool.Outstanding;
        var inflater = new Inflater(contextTakeover: false);
        ReadOnlySpan<byte> input = Hex.Bytes("f2 48 cd");
        inflater.Inflate(ref input, new byte[64], out _);
        Assert.Equal(outstanding + 1, BufferPool.Outstanding);

        inflater.Release();
        inflater.Release();

        Assert.Equal(outstanding, BufferPool.Outstanding);
        Inflating.Expect(contextTakeover: false, (Hello, "Hello"));
    }

    [Fact]
    public void Random_input_never_throws()
    {
        var outstanding = BufferPool.Outstanding;
        var random = new Random(7692);
        using var sample = new Deflater(15, System.IO.Compression.CompressionLevel.Optimal, contextTakeover: false).Deflate([], Samples.Text(600));
        for (var i = 0; i < 3000; i++)
        {
            var payload = sample.Bytes.ToArray();
            for (var flips = random.Next(1, 8); flips > 0; flips--)
                payload[random.Next(payload.Length)] = (byte)random.Next(256);
            var inflater = new Inflater(contextTakeover: i % 2 == 0);
            Inflating.Message(inflater, 1024, payload[..random.Next(payload.Length + 1)]);
            inflater.Release();
        }

        // The sample is still rented.
        Assert.Equal(outstanding + 1, BufferPool.Outstanding);
    }

    private static byte[] Zeros(long length)
    {
        using var compressed = new MemoryStream();
        using (var stream = new System.IO.Compression.DeflateStream(compressed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            var zeros = new byte[1 << 20];
            for (; length > 0; length -= zeros.Length)
                stream.Write(zeros);
        }

        return compressed.ToArray();
    }
}
