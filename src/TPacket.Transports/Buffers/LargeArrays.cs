using System.Numerics;

namespace TPacket.Transports.Buffers;

/// <summary>
/// A pool of long arrays. The runtime's shared pool would retain dozens of each length per processor for the life of the process. This pool retains at most <see cref="MostKeptBytes"/> in total, and
/// only until the next full garbage collection; the collection after that frees them. Thread-safe.
/// </summary>
internal static class LargeArrays
{
    /// <summary>The length in bytes of the shortest array that is rented here.</summary>
    public const int Shortest = 128 * 1024;

    /// <summary>The length in bytes of the longest array that is retained. A longer array has exactly the requested length.</summary>
    public const int LongestKept = 4 * 1024 * 1024;

    /// <summary>The largest number of bytes that are retained.</summary>
    public const int MostKeptBytes = 16 * 1024 * 1024;

    private static readonly Lock _gate = new();

    // Emptied after each full collection: a busy process fills it again at once, and an idle process retains nothing.
    private static readonly Shelf _shelf = CreateShelf();

    public static byte[] Rent(int minimumLength)
    {
        if (minimumLength > LongestKept)
            return GC.AllocateUninitializedArray<byte>(minimumLength);
        var length = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(minimumLength, Shortest));
        lock (_gate)
        {
            if (_shelf.TryTake(length, out var kept))
                return kept;
        }

        return GC.AllocateUninitializedArray<byte>(length);
    }

    public static void Return(byte[] array)
    {
        if (array.Length > LongestKept)
            return;
        lock (_gate)
            _shelf.Put(array);
    }

    private static Shelf CreateShelf()
    {
        // Nothing refers to it, so the collector finalizes it each time.
        _ = new Sentinel();
        return new Shelf();
    }

    /// <summary>Empties the shelf after each full collection. Other collections finalize it as well until it has reached the oldest generation.</summary>
    private sealed class Sentinel
    {
        private int _fullCollections = GC.CollectionCount(GC.MaxGeneration);

        ~Sentinel()
        {
            GC.ReRegisterForFinalize(this);
            var fullCollections = GC.CollectionCount(GC.MaxGeneration);
            if (fullCollections == _fullCollections)
                return;
            _fullCollections = fullCollections;
            lock (_gate)
                _shelf.Clear();
        }
    }

    private sealed class Shelf
    {
        private readonly Stack<byte[]>[] _byLength = [.. Enumerable.Range(0, BitOperations.Log2(LongestKept / Shortest) + 1).Select(static _ => new Stack<byte[]>())];
        private int _bytes;

        public bool TryTake(int length, out byte[] array)
        {
            if (!_byLength[Row(length)].TryPop(out array!))
                return false;
            _bytes -= length;
            return true;
        }

        /// <summary>Retains an array. If there is no room, discards arrays of other lengths first.</summary>
        public void Put(byte[] array)
        {
            var own = Row(array.Length);
            for (var row = _byLength.Length - 1; row >= 0; row--)
            {
                while (row != own && _bytes > MostKeptBytes - array.Length && _byLength[row].TryPop(out var other))
                    _bytes -= other.Length;
            }

            if (_bytes > MostKeptBytes - array.Length)
                return;
            _byLength[own].Push(array);
            _bytes += array.Length;
        }

        public void Clear()
        {
            foreach (var row in _byLength)
                row.Clear();
            _bytes = 0;
        }

        private static int Row(int length) => BitOperations.Log2((uint)(length / Shortest));
    }
}
