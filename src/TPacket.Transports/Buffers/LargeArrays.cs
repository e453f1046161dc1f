using System.Numerics;

namespace TPacket.Transports.Buffers;

/// <summary>
/// Arrays that are longer than the runtime's shared pool should keep: it keeps dozens of each length for each processor, as long as the process lives. These are kept up to
/// <see cref="MostKeptBytes"/> in all, and until the next full garbage collection at most. Thread-safe.
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

    // The collector empties it: whoever is busy fills it again at once, and whoever is not holds nothing.
    private static readonly WeakReference<Shelf> _shelf = new(new Shelf());

    public static byte[] Rent(int minimumLength)
    {
        if (minimumLength > LongestKept)
            return GC.AllocateUninitializedArray<byte>(minimumLength);
        var length = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(minimumLength, Shortest));
        lock (_gate)
        {
            if (_shelf.TryGetTarget(out var shelf) && shelf.TryTake(length, out var kept))
                return kept;
        }

        return GC.AllocateUninitializedArray<byte>(length);
    }

    public static void Return(byte[] array)
    {
        if (array.Length > LongestKept)
            return;
        lock (_gate)
        {
            if (!_shelf.TryGetTarget(out var shelf))
                _shelf.SetTarget(shelf = new Shelf());
            shelf.Put(array);
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

        private static int Row(int length) => BitOperations.Log2((uint)(length / Shortest));
    }
}
