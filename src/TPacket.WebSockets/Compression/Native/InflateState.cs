namespace TPacket.WebSockets.Compression.Native;

/// <summary>A decompressor: 41 KiB whatever its window, so that it has the largest, into which every smaller one fits. Small messages touch 10 KiB.</summary>
internal sealed unsafe class InflateState : ZlibState
{
    private InflateState()
        : base(key: 0)
    {
    }

    /// <summary>Creates a decompressor of raw DEFLATE.</summary>
    /// <exception cref="InsufficientMemoryException">The library could not allocate.</exception>
    public static InflateState Create()
    {
        var state = new InflateState();
        try
        {
            ThrowIfFailed(Zlib.InflateInit(state.Stream));
            return state;
        }
        catch
        {
            state.Dispose();
            throw;
        }
    }

    /// <summary>Decompresses.</summary>
    /// <param name="input">Advanced past what was taken.</param>
    /// <param name="output">Not empty.</param>
    /// <param name="flush">Whether to stop at the end of a block.</param>
    /// <param name="written">How many bytes of the output were written.</param>
    /// <returns>Every failure but a lack of memory is the input's.</returns>
    public ZlibResult Inflate(ref ReadOnlySpan<byte> input, scoped Span<byte> output, ZlibFlush flush, out int written)
    {
        fixed (byte* source = input)
        fixed (byte* destination = output)
        {
            Point(source, input.Length, destination, output.Length);
            var result = Zlib.Inflate(Stream, flush);
            Unpoint(ref input, output.Length, out written);
            if (result == ZlibResult.MemoryError)
                ThrowIfFailed(result);
            return result;
        }
    }

    /// <summary>Begins a new stream, in whatever state the last one is.</summary>
    public void Reset()
    {
        var result = Zlib.InflateReset(Stream);
        GC.KeepAlive(this);
        ThrowIfFailed(result);
    }

    protected override void End(ZStream* stream) => Zlib.InflateEnd(stream);
}
