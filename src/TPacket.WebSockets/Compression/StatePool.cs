using System.Numerics;
using TPacket.Transports.Buffers;
using TPacket.WebSockets.Compression.Native;

namespace TPacket.WebSockets.Compression;

/// <summary>
/// A pool of compressors and decompressors. It keeps a few of each kind per processor, independent of the number of connections, and frees the others. Thread-safe without a lock.
/// <see cref="BufferPool.Outstanding"/> counts the rented states.
/// </summary>
internal static class StatePool
{
    private const int KeptPerProcessor = 2;

    // A power of two, so that a mask gives the slot.
    private static readonly int _capacity = (int)BitOperations.RoundUpToPowerOf2((uint)(Environment.ProcessorCount * KeptPerProcessor));
    private static readonly Slots<DeflateState> _deflate = new(_capacity);
    private static readonly Slots<InflateState> _inflate = new(_capacity);

    /// <summary>Maximum number of kept states of each kind.</summary>
    public static int Capacity => _capacity;

    /// <summary>Rents a compressor with an empty context.</summary>
    /// <exception cref="InsufficientMemoryException">Memory for a new compressor could not be allocated.</exception>
    public static DeflateState RentDeflate(int windowBits, System.IO.Compression.CompressionLevel level)
    {
        var state = _deflate.TryTake(DeflateState.KeyOf(windowBits, level)) ?? DeflateState.Create(windowBits, level);
        BufferPool.Count(1);
        return state;
    }

    /// <summary>Rents a decompressor at the beginning of a stream.</summary>
    /// <exception cref="InsufficientMemoryException">Memory for a new decompressor could not be allocated.</exception>
    public static InflateState RentInflate()
    {
        var state = _inflate.TryTake(key: 0) ?? InflateState.Create();
        BufferPool.Count(1);
        return state;
    }

    /// <summary>Returns a compressor, after its context was cleared.</summary>
    public static void Return(DeflateState state)
    {
        BufferPool.Count(-1);
        _deflate.Put(state);
    }

    /// <summary>Returns a decompressor, after it was reset.</summary>
    public static void Return(InflateState state)
    {
        BufferPool.Count(-1);
        _inflate.Put(state);
    }

    /// <summary>Frees a rented state that cannot be reused.</summary>
    public static void Discard(ZlibState state)
    {
        BufferPool.Count(-1);
        state.Dispose();
    }

    /// <summary>Frees all kept states. For tests.</summary>
    public static void Clear()
    {
        _deflate.Clear();
        _inflate.Clear();
    }

    /// <summary>The kept states of one kind. Each processor begins its search at its own slots.</summary>
    private sealed class Slots<T>(int capacity)
        where T : ZlibState
    {
        private readonly T?[] _slots = new T?[capacity];

        private static int Home => Thread.GetCurrentProcessorId() * KeptPerProcessor;

        public T? TryTake(int key)
        {
            var home = Home;
            for (var i = 0; i < _slots.Length; i++)
            {
                ref var slot = ref _slots[(home + i) & (_slots.Length - 1)];
                // Another thread may take the state concurrently. The state's key never changes, and the exchange decides which thread gets the state.
                if (Volatile.Read(ref slot) is { } state && state.Key == key && Interlocked.CompareExchange(ref slot, null, state) == state)
                    return state;
            }

            return null;
        }

        public void Put(T state)
        {
            var home = Home;
            for (var i = 0; i < _slots.Length; i++)
            {
                ref var slot = ref _slots[(home + i) & (_slots.Length - 1)];
                if (Volatile.Read(ref slot) is null && Interlocked.CompareExchange(ref slot, state, null) is null)
                    return;
            }

            // Replaces a kept state, whose parameters may no longer be in use.
            Interlocked.Exchange(ref _slots[home & (_slots.Length - 1)], state)?.Dispose();
        }

        public void Clear()
        {
            for (var i = 0; i < _slots.Length; i++)
                Interlocked.Exchange(ref _slots[i], null)?.Dispose();
        }
    }
}
