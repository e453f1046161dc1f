using Checkers.Draughts;

namespace Checkers.Computer;

/// <summary>A table of search results by position. A result overwrites the result of another position with the same index. Not thread-safe.</summary>
/// <param name="bits">The binary logarithm of the number of positions; a position takes 16 bytes.</param>
internal sealed class TranspositionTable(int bits)
{
    private readonly Transposition[] _entries = new Transposition[1 << bits];

    /// <summary>Returns the hash of a position.</summary>
    public static ulong KeyOf(in Position position)
    {
        var key = (position.Black | ((ulong)position.White << 32)) * 0x9E3779B97F4A7C15;
        key ^= key >> 29;
        key += position.Kings | ((ulong)position.ToMove << 32);
        key *= 0xBF58476D1CE4E5B9;
        key ^= key >> 32;
        key *= 0x94D049BB133111EB;
        return key ^ (key >> 29);
    }

    /// <summary>Finds the result of a position.</summary>
    public bool TryFind(ulong key, out Transposition found)
    {
        found = _entries[key >> (64 - bits)];
        return found.Key == key && found.Bound != Bound.None;
    }

    /// <summary>Stores the result of a position.</summary>
    public void Keep(in Transposition entry) => _entries[entry.Key >> (64 - bits)] = entry;

    /// <summary>Removes all results.</summary>
    public void Clear() => Array.Clear(_entries);
}
