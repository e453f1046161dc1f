using System.Numerics;
using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace TPacket.Fuzz;

/// <summary>Which branches the instrumented code has taken, and how often; what is new is what no input before has shown (the way of AFL).</summary>
internal sealed unsafe class CoverageMap
{
    private const int Size = 64 * 1024;

    // For as long as the process lives: instrumented code writes into it whenever it runs.
    private static readonly byte* _hits = (byte*)NativeMemory.AlignedAlloc(Size, 64);

    private readonly byte[] _seen = new byte[Size];

    /// <summary>Has to be called before anything runs that is instrumented.</summary>
    public static void Install() => Trace.SharedMem = _hits;

    /// <summary>How many branches were ever taken.</summary>
    public int Edges => _seen.Count(static bucket => bucket != 0);

    public static void Clear()
    {
        NativeMemory.Clear(_hits, Size);
        Trace.PrevLocation = 0;
    }

    /// <summary>Remembers what the last run has shown.</summary>
    /// <returns>Whether something of it was new.</returns>
    public bool Learn()
    {
        var found = false;
        var words = new ReadOnlySpan<ulong>(_hits, Size / sizeof(ulong));
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i] == 0)
                continue;
            for (var j = i * sizeof(ulong); j < (i + 1) * sizeof(ulong); j++)
            {
                var bucket = Bucket(_hits[j]);
                if ((bucket & ~_seen[j]) == 0)
                    continue;
                _seen[j] |= bucket;
                found = true;
            }
        }

        return found;
    }

    /// <summary>Counts that differ by little are one: 1, 2, 3, 4 to 7, 8 to 15, 16 to 31, 32 to 127, more.</summary>
    private static byte Bucket(byte hits) => hits switch
    {
        0 => 0,
        < 4 => (byte)(1 << (hits - 1)),
        < 32 => (byte)(1 << (BitOperations.Log2(hits) + 1)),
        < 128 => 64,
        _ => 128,
    };
}
