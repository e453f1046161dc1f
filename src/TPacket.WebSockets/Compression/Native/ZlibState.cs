using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices;

namespace TPacket.WebSockets.Compression.Native;

/// <summary>
/// A compressor or decompressor in native memory. The owner ensures that one thread at a time uses or disposes of the state. The finalizer
/// frees a state that was not disposed of.
/// </summary>
internal abstract unsafe class ZlibState : CriticalFinalizerObject, IDisposable
{
    private static long _alive;

    private ZStream* _stream;

    protected ZlibState(int key)
    {
        Key = key;
        _stream = (ZStream*)NativeMemory.AllocZeroed((nuint)sizeof(ZStream));
        Interlocked.Increment(ref _alive);
    }

    ~ZlibState() => Free();

    /// <summary>Number of states that were not freed, including the states in the pool. For tests and diagnostics.</summary>
    public static long Alive => Volatile.Read(ref _alive);

    /// <summary>Key of the parameters: states with the same key are interchangeable.</summary>
    public int Key { get; }

    /// <summary>The library's struct.</summary>
    /// <exception cref="ObjectDisposedException">The state was freed.</exception>
    protected ZStream* Stream
    {
        get
        {
            ObjectDisposedException.ThrowIf(_stream is null, this);
            return _stream;
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the library's memory.</summary>
    protected abstract void End(ZStream* stream);

    /// <summary>Throws for a result that input of a peer cannot cause.</summary>
    /// <exception cref="InsufficientMemoryException">The library could not allocate memory.</exception>
    /// <exception cref="InvalidOperationException">Any other error: a bug in this assembly.</exception>
    protected static void ThrowIfFailed(ZlibResult result)
    {
        if (result is ZlibResult.Ok or ZlibResult.BufferError or ZlibResult.StreamEnd)
            return;
        throw result == ZlibResult.MemoryError
            ? new InsufficientMemoryException("zlib could not allocate.")
            : new InvalidOperationException($"zlib failed with {(int)result}.");
    }

    /// <summary>Sets the input and output of the library's next call. Both must be pinned until it returns.</summary>
    protected void Point(byte* input, int inputLength, byte* output, int outputLength)
    {
        var stream = Stream;
        stream->NextIn = input;
        stream->AvailableIn = (uint)inputLength;
        stream->NextOut = output;
        stream->AvailableOut = (uint)outputLength;
    }

    /// <summary>Advances the input past the bytes that the last call has consumed, and removes the pointers.</summary>
    protected void Unpoint(ref ReadOnlySpan<byte> input, int outputLength, out int written)
    {
        var stream = Stream;
        input = input[^(int)stream->AvailableIn..];
        written = outputLength - (int)stream->AvailableOut;
        stream->NextIn = null;
        stream->NextOut = null;
        GC.KeepAlive(this); // The finalizer must not run during the library's call.
    }

    private void Free()
    {
        if (_stream is null)
            return;
        // A failed initialization is ended as well: the runtime's library has allocated memory for it.
        if (_stream->InternalState is not null)
            End(_stream);
        NativeMemory.Free(_stream);
        _stream = null;
        Interlocked.Decrement(ref _alive);
    }
}
