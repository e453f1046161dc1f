using System.Numerics;

namespace TPacket.Transports.Buffers;

/// <summary>
/// Arrays that are longer than the runtime's shared pool should keep: it keeps dozens of each length for each processor, as long as the process lives. These are kept up to
/// <see cref="MostKeptBytes"/> in all, and until the next full garbage collection at most; the one after that frees them. Thread-safe.
/// </summary>
internal static class LargeArrays
{
    /// <summary>Shorter arrays are not the business of this class.</summary>
    public const int Shortest = 128 * 1024;

    /// <summary>Longer arrays are as long as is asked for, and are not kept.</summary>
    public const int LongestKept = 4 * 1024 * 1024;

    /// <summary>How many bytes are kept at most.</summary>
    public const int MostKeptBytes = 16 * 1024 * 1024;

    private static readonly Lock _gate = new();

    // Emptied after each full collection: whoever is busy fills it again at once, and whoever is not holds nothing.
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
        // The collector finds it unreachable each time.
        _ = new Sentinel();
        return new Shelf();
    }

    /// <summary>Empties the shelf after full collections. Younger ones finalize it too, until it is of the oldest generation itself.</summary>
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

        /// <summary>Keeps an array, in the place of others that nobody has come back for where there is no room.</summary>
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
