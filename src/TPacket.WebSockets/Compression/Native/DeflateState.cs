using System.IO.Compression;

namespace TPacket.WebSockets.Compression.Native;

/// <summary>A compressor. 340 KiB at 15 window bits, 230 KiB at 12 and 220 KiB at 9; of the first, small messages touch 210 KiB.</summary>
internal sealed unsafe class DeflateState : ZlibState
{
    private const int SmallestWindowBits = 9;

    private DeflateState(int windowBits, CompressionLevel level)
        : base(KeyOf(windowBits, level))
    {
    }

    /// <summary>Creates a compressor for raw DEFLATE.</summary>
    /// <param name="windowBits">8 to 15: no match reaches further back than two to this power.</param>
    /// <param name="level">How much work a match is worth.</param>
    /// <exception cref="InsufficientMemoryException">The library could not allocate.</exception>
    public static DeflateState Create(int windowBits, CompressionLevel level)
    {
        var state = new DeflateState(windowBits, level);
        try
        {
            // zlib has no window of 256 bytes for raw DEFLATE. With matches of distance one, the next larger window is as good as one (decision 7).
            ThrowIfFailed(windowBits < SmallestWindowBits
                ? Zlib.DeflateInit(state.Stream, LevelOf(level), SmallestWindowBits, ZlibStrategy.RunLength)
                : Zlib.DeflateInit(state.Stream, LevelOf(level), windowBits, ZlibStrategy.Default));
            return state;
        }
        catch
        {
            state.Dispose();
            throw;
        }
    }

    /// <summary>The key of all compressors with the same parameters.</summary>
    public static int KeyOf(int windowBits, CompressionLevel level) => (windowBits << 8) | (int)level;

    /// <summary>Compresses.</summary>
    /// <param name="input">Advanced past what was taken: all of it, unless the output is filled.</param>
    /// <param name="output">Not empty.</param>
    /// <param name="flush">What to do behind the input.</param>
    /// <param name="written">How many bytes of the output were written; when it is filled, there may be more.</param>
    public void Deflate(ref ReadOnlySpan<byte> input, scoped Span<byte> output, ZlibFlush flush, out int written)
    {
        fixed (byte* source = input)
        fixed (byte* destination = output)
        {
            Point(source, input.Length, destination, output.Length);
            var result = Zlib.Deflate(Stream, flush);
            Unpoint(ref input, output.Length, out written);
            ThrowIfFailed(result);
        }
    }

    /// <summary>Forgets what was compressed: the next message refers to nothing that was before. Only between two messages.</summary>
    public void Forget()
    {
        // The library exports no reset, but a full flush is one. The marker that it writes is not for the peer, who has an end of block before it already.
        Span<byte> marker = stackalloc byte[32];
        ReadOnlySpan<byte> nothing = [];
        Deflate(ref nothing, marker, ZlibFlush.Full, out _);
    }

    protected override void End(ZStream* stream) => Zlib.DeflateEnd(stream);

    private static int LevelOf(CompressionLevel level) => level switch
    {
        CompressionLevel.NoCompression => 0,
        CompressionLevel.Fastest => 1,
        CompressionLevel.SmallestSize => 9,
        _ => 6,
    };
}
