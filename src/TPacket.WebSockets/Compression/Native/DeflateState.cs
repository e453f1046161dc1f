using System.IO.Compression;

namespace TPacket.WebSockets.Compression.Native;

/// <summary>
/// A compressor of raw DEFLATE in native memory: 340 KiB with 15 window bits, of which small messages touch 210 KiB; 230 KiB with 12; 220 KiB with 9.
/// </summary>
internal sealed unsafe class DeflateState : ZlibState
{
    private const int MinWindowBits = 9;

    private DeflateState(int windowBits, CompressionLevel level)
        : base(KeyOf(windowBits, level))
    {
    }

    /// <summary>Creates a compressor.</summary>
    /// <param name="windowBits">8 to 15: the base-2 logarithm of the window in bytes.</param>
    /// <param name="level">Level of compression.</param>
    /// <exception cref="InsufficientMemoryException">The library could not allocate memory.</exception>
    public static DeflateState Create(int windowBits, CompressionLevel level)
    {
        var state = new DeflateState(windowBits, level);
        try
        {
            // zlib has no window of 256 bytes for raw DEFLATE. A larger window is equivalent if all matches have distance 1 (docs/decisions/0007).
            ThrowIfFailed(windowBits < MinWindowBits
                ? Zlib.DeflateInit(state.Stream, LevelOf(level), MinWindowBits, ZlibStrategy.RunLength)
                : Zlib.DeflateInit(state.Stream, LevelOf(level), windowBits, ZlibStrategy.Default));
            return state;
        }
        catch
        {
            state.Dispose();
            throw;
        }
    }

    /// <summary>Returns the key that all compressors with the same parameters have.</summary>
    public static int KeyOf(int windowBits, CompressionLevel level) => (windowBits << 8) | (int)level;

    /// <summary>Compresses input.</summary>
    /// <param name="input">The input; advanced past the consumed bytes, which are all unless the output is full.</param>
    /// <param name="output">The output buffer; not empty.</param>
    /// <param name="flush">The flush after the input.</param>
    /// <param name="written">Number of bytes written to the output; if it is full, there may be more.</param>
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

    /// <summary>Clears the context: later messages do not refer to earlier messages. May be called only between messages.</summary>
    public void Reset()
    {
        // The library exports no reset, but a full flush has the same effect. Its marker is discarded: the last message already ends with the end of a block.
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
