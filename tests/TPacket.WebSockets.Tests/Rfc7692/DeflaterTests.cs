using System.IO.Compression;
using TPacket.Transports.Buffers;
using TPacket.WebSockets.Compression;

namespace TPacket.WebSockets.Tests;

/// <summary>RFC 7692, section 7.2.1: compression.</summary>
public class DeflaterTests
{
    public static TheoryData<int, bool> WindowsAndTakeovers
    {
        get
        {
            var data = new TheoryData<int, bool>();
            for (var bits = DeflateOptions.MinWindowBits; bits <= DeflateOptions.MaxWindowBits; bits++)
            {
                data.Add(bits, false);
                data.Add(bits, true);
            }

            return data;
        }
    }

    [Fact]
    public void Hello_becomes_the_bytes_of_section_7_2_3_1()
    {
        var deflater = new Deflater(15, CompressionLevel.Fastest, contextTakeover: false);
        Assert.Equal("f248cdc9c90700", Hex.Of(Deflate(deflater, "Hello"u8.ToArray())));
        Assert.Equal("f248cdc9c90700", Hex.Of(Deflate(deflater, "Hello"u8.ToArray())));
    }

    [Fact]
    public void With_context_takeover_the_second_message_refers_to_the_first()
    {
        var deflater = new Deflater(15, CompressionLevel.Optimal, contextTakeover: true);
        var text = Samples.Text(200);
        var first = Deflate(deflater, text);
        var second = Deflate(deflater, text);
        var reference = new ReferenceInflater();
        Assert.Equal(text, reference.Message(first));
        Assert.Equal(text, reference.Message(second));
        Assert.True(reference.ReachedBack);
        Assert.InRange(second.Length, 1, 16);
        deflater.Release();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_message_of_no_data_is_the_byte_of_section_7_2_3_6(bool contextTakeover)
    {
        var deflater = new Deflater(15, CompressionLevel.Optimal, contextTakeover);
        Assert.Equal("00", Hex.Of(Deflate(deflater, [])));
        Deflate(deflater, Samples.Text(50));
        Assert.Equal("00", Hex.Of(Deflate(deflater, [])));
        Assert.Equal("00", Hex.Of(Deflate(deflater, [])));
        deflater.Release();
    }

    [Theory]
    [MemberData(nameof(WindowsAndTakeovers))]
    public void Small_messages_round_trip(int windowBits, bool contextTakeover)
    {
        var outstanding = BufferPool.Outstanding;
        foreach (var level in Enum.GetValues<CompressionLevel>())
        {
            var deflater = new Deflater(windowBits, level, contextTakeover);
            var inflater = new Inflater(contextTakeover);
            for (var length = 0; length <= 300; length++)
            {
                ExpectBack(deflater, inflater, Samples.Text(length));
                ExpectBack(deflater, inflater, Samples.Noise(length));
            }

            deflater.Release();
            inflater.Release();
        }

        Assert.Equal(outstanding, BufferPool.Outstanding);
    }

    [Trait("Speed", "Slow")]
    [Theory]
    [MemberData(nameof(WindowsAndTakeovers))]
    public void Large_messages_round_trip(int windowBits, bool contextTakeover)
    {
        var outstanding = BufferPool.Outstanding;
        foreach (var level in new[] { CompressionLevel.NoCompression, CompressionLevel.Fastest, CompressionLevel.Optimal })
        {
            var deflater = new Deflater(windowBits, level, contextTakeover);
            var inflater = new Inflater(contextTakeover);
            foreach (var length in new[] { 4096, 65535, 65536, 65537, 1024 * 1024 })
            {
                ExpectBack(deflater, inflater, Samples.Text(length));
                ExpectBack(deflater, inflater, Samples.Noise(length));
            }

            deflater.Release();
            inflater.Release();
        }

        Assert.Equal(outstanding, BufferPool.Outstanding);
    }

    [Theory]
    [MemberData(nameof(WindowsAndTakeovers))]
    public void No_match_exceeds_the_window(int windowBits, bool contextTakeover)
    {
        foreach (var level in Enum.GetValues<CompressionLevel>())
        {
            var deflater = new Deflater(windowBits, level, contextTakeover);
            var reference = new ReferenceInflater();
            var echoes = Samples.Echoes(3 << (windowBits - 1));
            foreach (var data in new[] { echoes, echoes, Samples.Text(5000), Samples.Text(300), Samples.Text(300), new byte[700] })
            {
                Assert.Equal(data, reference.Message(Deflate(deflater, data)));
                if (!contextTakeover)
                    Assert.False(reference.ReachedBack);
            }

            Assert.InRange(reference.LongestDistance, 0, 1 << windowBits);
            deflater.Release();
        }
    }

    [Fact]
    public void Matches_use_the_whole_window()
    {
        var reference = new ReferenceInflater();
        reference.Message(Deflate(new Deflater(15, CompressionLevel.Optimal, contextTakeover: false), Samples.Echoes(3 << 14)));
        Assert.InRange(reference.LongestDistance, 20_000, 32_768);
    }

    [Fact]
    public void One_deflater_without_context_takeover_serves_many_connections()
    {
        var deflater = new Deflater(15, CompressionLevel.Optimal, contextTakeover: false);
        var text = Samples.Text(400);
        var first = Deflate(deflater, text);
        for (var i = 0; i < 10; i++)
        {
            Deflate(deflater, Samples.Text(1000 + i));
            Assert.Equal(first, Deflate(deflater, text));
        }
    }

    [Fact]
    public void Both_parts_form_one_message()
    {
        var whole = Samples.Text(300);
        foreach (var contextTakeover in new[] { false, true })
        {
            var deflater = new Deflater(15, CompressionLevel.Optimal, contextTakeover);
            var inflater = new Inflater(contextTakeover);
            for (var at = 0; at <= whole.Length; at++)
            {
                using var message = deflater.Deflate(whole.AsSpan(0, at), whole.AsSpan(at));
                Assert.Equal(whole, Inflating.Message(inflater, 512, message.Bytes.ToArray()));
            }

            deflater.Release();
            inflater.Release();
        }
    }

    [Fact]
    public void After_a_release_the_next_message_refers_to_no_earlier_one_and_the_peer_can_read_it()
    {
        var outstanding = BufferPool.Outstanding;
        foreach (var level in Enum.GetValues<CompressionLevel>())
        {
            var deflater = new Deflater(15, level, contextTakeover: true);
            var inflater = new Inflater(contextTakeover: true);
            var reference = new ReferenceInflater();
            var text = Samples.Text(500);
            for (var i = 0; i < 6; i++)
            {
                var payload = Deflate(deflater, text);
                Assert.Equal(text, reference.Message(payload));
                Assert.Equal(text, Inflating.Message(inflater, 1024, payload));
                Assert.Equal(i % 2 == 1 && level != CompressionLevel.NoCompression, reference.ReachedBack);
                if (i % 2 == 0)
                    continue;
                deflater.Release();
                deflater.Release();
                Assert.Equal(outstanding + 1, BufferPool.Outstanding);
            }

            inflater.Release();
        }

        Assert.Equal(outstanding, BufferPool.Outstanding);
    }

    [Fact]
    public void A_returned_compressor_leaks_no_data_to_the_next_connection()
    {
        var secret = Samples.Noise(500);
        var first = new Deflater(15, CompressionLevel.Optimal, contextTakeover: true);
        Deflate(first, secret);
        first.Release();

        var second = Deflate(new Deflater(15, CompressionLevel.Optimal, contextTakeover: true), secret);

        Assert.InRange(second.Length, secret.Length, secret.Length + 20);
    }

    private static void ExpectBack(Deflater deflater, Inflater inflater, byte[] data) =>
        Assert.Equal(data, Inflating.Message(inflater, data.Length + 1, Deflate(deflater, data)));

    private static byte[] Deflate(Deflater deflater, byte[] data)
    {
        using var message = deflater.Deflate([], data);
        return message.Bytes.ToArray();
    }
}
