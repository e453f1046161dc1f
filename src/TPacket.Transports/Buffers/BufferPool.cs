using System.Buffers;

namespace TPacket.Transports.Buffers;

/// <summary>
/// An array pool that counts its rented arrays, so that a leak shows in <see cref="Outstanding"/>. Arrays of up to 64 KiB come from the runtime's shared pool. Of longer arrays, the pool retains at
/// most 16 MiB in total, until the next full garbage collection.
/// </summary>
internal static class BufferPool
{
    // Longer arrays are on the large object heap.
    private const int LongestShared = 64 * 1024;

    private static readonly ThreadLocal<Counter> _counters = new(static () => new Counter(), trackAllValues: true);

    [ThreadStatic]
    private static Counter? _counter;

    /// <summary>The number of rented arrays. The number is exact while no thread rents or returns an array.</summary>
    public static long Outstanding
    {
        get
        {
            long sum = 0;
            foreach (var counter in _counters.Values)
                sum += Volatile.Read(ref counter.Value);
            return sum;
        }
    }

    /// <summary>Rents an array of at least <paramref name="minimumLength"/> bytes with arbitrary content.</summary>
    public static byte[] Rent(int minimumLength)
    {
        Count(1);
        return minimumLength > LongestShared ? LargeArrays.Rent(minimumLength) : ArrayPool<byte>.Shared.Rent(minimumLength);
    }

    /// <summary>Returns an array, which the caller must not use afterwards.</summary>
    public static void Return(byte[] array)
    {
        Count(-1);
        if (array.Length > LongestShared)
            LargeArrays.Return(array);
        else
            ArrayPool<byte>.Shared.Return(array);
    }

    /// <summary>Adds a buffer of another pool to <see cref="Outstanding"/>: 1 for a rented buffer, -1 for a returned buffer.</summary>
    public static void Count(int change) => (_counter ??= _counters.Value!).Value += change;

    private sealed class Counter
    {
        public long Value;
    }
}
