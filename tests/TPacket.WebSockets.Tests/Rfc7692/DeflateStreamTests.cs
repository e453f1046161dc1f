using System.IO.Compression;
using TPacket.WebSockets.Compression;

namespace TPacket.WebSockets.Tests;

/// <summary>RFC 7692, section 7.2, with <see cref="DeflateStream"/> as the peer.</summary>
public class DeflateStreamTests
{
    private static readonly byte[] _tail = [0x00, 0x00, 0xFF, 0xFF];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void DeflateStream_reads_the_output_of_a_deflater(bool contextTakeover)
    {
        var deflater = new Deflater(15, CompressionLevel.Optimal, contextTakeover);
        using var wire = new MemoryStream();
        using var data = new MemoryStream();
        for (var length = 0; length < 3000; length += 1 + (length / 3))
        {
            using var message = deflater.Deflate([], Samples.Text(length));
            wire.Write(message.Bytes);
            wire.Write(_tail);
            data.Write(Samples.Text(length));
        }

        deflater.Release();
        wire.Position = 0;
        using var stream = new DeflateStream(wire, CompressionMode.Decompress);
        var read = new byte[data.Length];
        stream.ReadExactly(read);
        Assert.Equal(data.ToArray(), read);
    }

    [Fact]
    public void The_flushed_output_of_DeflateStream_is_read()
    {
        using var wire = new MemoryStream();
        using var stream = new DeflateStream(wire, CompressionLevel.Optimal);
        var inflater = new Inflater(contextTakeover: true);
        for (var length = 1; length < 100_000; length += 1 + (length / 3))
        {
            wire.SetLength(0);
            stream.Write(Samples.Text(length));
            stream.Flush();
            var payload = wire.ToArray();
            Assert.Equal(_tail, payload[^4..]);
            Assert.Equal(Samples.Text(length), Inflating.Message(inflater, 4096, payload[..^4]));
        }

        inflater.Release();
    }

    [Fact]
    public void The_finished_output_of_DeflateStream_is_read()
    {
        var inflater = new Inflater(contextTakeover: true);
        for (var length = 0; length < 10_000; length += 1 + (length / 3))
        {
            using var wire = new MemoryStream();
            using (var stream = new DeflateStream(wire, CompressionLevel.SmallestSize, leaveOpen: true))
                stream.Write(Samples.Text(length));

            // Section 7.2.3.4: a finished stream needs the header of an empty block after it.
            Assert.Equal(Samples.Text(length), Inflating.Message(inflater, 4096, [.. wire.ToArray(), 0x00]));
        }

        inflater.Release();
    }
}
