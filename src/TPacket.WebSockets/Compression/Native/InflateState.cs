namespace TPacket.WebSockets.Compression.Native;

/// <summary>
/// A decompressor of raw DEFLATE in native memory: 41 KiB, of which small messages touch 10 KiB. Its size does not depend on the window, so it
/// always has the largest window.
/// </summary>
internal sealed unsafe class InflateState : ZlibState
{
    private InflateState()
        : base(key: 0)
    {
    }

    /// <summary>Creates a decompressor.</summary>
    /// <exception cref="InsufficientMemoryException">The library could not allocate memory.</exception>
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

    /// <summary>Decompresses input.</summary>
    /// <param name="input">The input; advanced past the consumed bytes.</param>
    /// <param name="output">The output buffer; not empty.</param>
    /// <param name="flush"><see cref="ZlibFlush.Block"/> stops at the end of a block.</param>
    /// <param name="written">Number of bytes written to the output.</param>
    /// <returns>The library's result. All errors are errors in the input.</returns>
    /// <exception cref="InsufficientMemoryException">The library could not allocate memory.</exception>
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

    /// <summary>Begins a new stream, even if the last stream is incomplete or invalid.</summary>
    public void Reset()
    {
        var result = Zlib.InflateReset(Stream);
        GC.KeepAlive(this);
        ThrowIfFailed(result);
    }

    protected override void End(ZStream* stream) => Zlib.InflateEnd(stream);
}
