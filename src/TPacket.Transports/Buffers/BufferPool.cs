using System.Buffers;
using TPacket.Transports.Buffers;

namespace TPacket.Transports;

/// <summary>
/// The array pool, counted: a buffer that is not returned shows in <see cref="Outstanding"/>. What it keeps is bounded: arrays of up to 64 KiB are the runtime's shared pool's, longer ones are kept up to
/// 16 MiB in all and until the next full garbage collection.
/// </summary>
internal static class BufferPool
{
    // Longer arrays lie on the heap for large objects.
    private const int LongestShared = 64 * 1024;

    private static readonly ThreadLocal<Counter> _counters = new(static () => new Counter(), trackAllValues: true);

    [ThreadStatic]
    private static Counter? _counter;

    /// <summary>How many arrays are rented now. Exact while no thread is renting or returning; meant for tests and diagnostics.</summary>
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

    /// <summary>Gives an array back. It must not be touched afterwards.</summary>
    public static void Return(byte[] array)
    {
        Count(-1);
        if (array.Length > LongestShared)
            LargeArrays.Return(array);
        else
            ArrayPool<byte>.Shared.Return(array);
    }

    /// <summary>Counts buffers of a pool of another kind, so that they show in <see cref="Outstanding"/>: 1 for a rented one, -1 for a returned one.</summary>
    public static void Count(int change) => (_counter ??= _counters.Value!).Value += change;

    private sealed class Counter
    {
        public long Value;
    }
}
