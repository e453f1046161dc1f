using System.Numerics;
using TPacket.Transports;
using TPacket.WebSockets.Compression.Native;

namespace TPacket.WebSockets.Compression;

/// <summary>
/// Native states that wait for their next use: a few for each processor, whatever the number of connections, and what is more is freed. Thread-safe without a lock. What is
/// rented shows in <see cref="BufferPool.Outstanding"/>.
/// </summary>
internal static class StatePool
{
    private const int KeptPerProcessor = 2;

    // A power of two, so that a place is found with a mask.
    private static readonly int _capacity = (int)BitOperations.RoundUpToPowerOf2((uint)(Environment.ProcessorCount * KeptPerProcessor));
    private static readonly Slots<DeflateState> _deflate = new(_capacity);
    private static readonly Slots<InflateState> _inflate = new(_capacity);

    /// <summary>Most states of each kind that wait.</summary>
    public static int Capacity => _capacity;

    /// <summary>A compressor that remembers nothing.</summary>
    /// <exception cref="InsufficientMemoryException">There is no memory for another one.</exception>
    public static DeflateState RentDeflate(int windowBits, System.IO.Compression.CompressionLevel level)
    {
        var state = _deflate.TryTake(DeflateState.KeyOf(windowBits, level)) ?? DeflateState.Create(windowBits, level);
        BufferPool.Count(1);
        return state;
    }

    /// <summary>A decompressor at the beginning of a stream.</summary>
    /// <exception cref="InsufficientMemoryException">There is no memory for another one.</exception>
    public static InflateState RentInflate()
    {
        var state = _inflate.TryTake(key: 0) ?? InflateState.Create();
        BufferPool.Count(1);
        return state;
    }

    /// <summary>Gives back a compressor that has been made to remember nothing.</summary>
    public static void Return(DeflateState state)
    {
        BufferPool.Count(-1);
        _deflate.Put(state);
    }

    /// <summary>Gives back a decompressor that has been reset.</summary>
    public static void Return(InflateState state)
    {
        BufferPool.Count(-1);
        _inflate.Put(state);
    }

    /// <summary>Frees a state that nobody can go on with.</summary>
    public static void Discard(ZlibState state)
    {
        BufferPool.Count(-1);
        state.Dispose();
    }

    /// <summary>Frees all that wait. For tests.</summary>
    public static void Clear()
    {
        _deflate.Clear();
        _inflate.Clear();
    }

    /// <summary>The states of one kind, the ones that a processor has used last close to it.</summary>
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
                // The key never changes, so it can be read of a state that somebody else takes meanwhile; taken is what the exchange says.
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

            // The oldest may be one with parameters that nobody has any more.
            Interlocked.Exchange(ref _slots[home & (_slots.Length - 1)], state)?.Dispose();
        }

        public void Clear()
        {
            for (var i = 0; i < _slots.Length; i++)
                Interlocked.Exchange(ref _slots[i], null)?.Dispose();
        }
    }
}
