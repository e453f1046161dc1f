using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices;

namespace TPacket.WebSockets.Compression.Native;

/// <summary>
/// A compressor or decompressor in native memory. Used and disposed of by one thread at a time, which its owner sees to; freed once, at the latest by its finalizer.
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

    /// <summary>How many have not been freed, those that wait in a pool among them. For tests and diagnostics.</summary>
    public static long Alive => Volatile.Read(ref _alive);

    /// <summary>States with the same key can stand in for each other.</summary>
    public int Key { get; }

    /// <summary>What the library is called with.</summary>
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

    /// <summary>Frees what the library has allocated.</summary>
    protected abstract void End(ZStream* stream);

    /// <summary>Judges a result of the library that is not the peer's doing.</summary>
    /// <exception cref="InsufficientMemoryException">The library could not allocate.</exception>
    /// <exception cref="InvalidOperationException">Any other failure: a fault in this assembly.</exception>
    protected static void ThrowIfFailed(ZlibResult result)
    {
        if (result is ZlibResult.Ok or ZlibResult.BufferError or ZlibResult.StreamEnd)
            return;
        throw result == ZlibResult.MemoryError
            ? new InsufficientMemoryException("zlib could not allocate.")
            : new InvalidOperationException($"zlib failed with {(int)result}.");
    }

    /// <summary>Points the library to what its next call reads and writes; both have to be pinned until it returns.</summary>
    protected void Point(byte* input, int inputLength, byte* output, int outputLength)
    {
        var stream = Stream;
        stream->NextIn = input;
        stream->AvailableIn = (uint)inputLength;
        stream->NextOut = output;
        stream->AvailableOut = (uint)outputLength;
    }

    /// <summary>Takes back what the last call has not used.</summary>
    protected void Unpoint(ref ReadOnlySpan<byte> input, int outputLength, out int written)
    {
        var stream = Stream;
        input = input[^(int)stream->AvailableIn..];
        written = outputLength - (int)stream->AvailableOut;
        stream->NextIn = null;
        stream->NextOut = null;
        GC.KeepAlive(this); // The finalizer must not come in while the library is at work.
    }

    private void Free()
    {
        if (_stream is null)
            return;
        // Also after a failed start: the runtime's shim has allocated by then.
        if (_stream->InternalState is not null)
            End(_stream);
        NativeMemory.Free(_stream);
        _stream = null;
        Interlocked.Decrement(ref _alive);
    }
}
