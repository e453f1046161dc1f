using System.Numerics;
using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace TPacket.Fuzz;

/// <summary>
/// The branches that the instrumented code has taken, with their counts. It recognizes branches and counts that no earlier input has reached, as AFL does.
/// </summary>
internal sealed unsafe class CoverageMap
{
    private const int Size = 64 * 1024;

    // Never freed, because instrumented code writes to it whenever it runs.
    private static readonly byte* _hits = (byte*)NativeMemory.AlignedAlloc(Size, 64);

    private readonly byte[] _seen = new byte[Size];

    /// <summary>Prepares the map. Must be called before instrumented code runs.</summary>
    public static void Install() => Trace.SharedMem = _hits;

    /// <summary>The number of branches that were taken so far.</summary>
    public int Edges => _seen.Count(static bucket => bucket != 0);

    public static void Clear()
    {
        NativeMemory.Clear(_hits, Size);
        Trace.PrevLocation = 0;
    }

    /// <summary>Adds the branches of the last run.</summary>
    /// <returns>Whether a branch or a count was new.</returns>
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

    /// <summary>Groups counts: 1, 2, 3, 4 to 7, 8 to 15, 16 to 31, 32 to 127, more.</summary>
    private static byte Bucket(byte hits) => hits switch
    {
        0 => 0,
        < 4 => (byte)(1 << (hits - 1)),
        < 32 => (byte)(1 << (BitOperations.Log2(hits) + 1)),
        < 128 => 64,
        _ => 128,
    };
}
