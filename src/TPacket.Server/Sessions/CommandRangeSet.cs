using TPacket.Protocol;

namespace TPacket.Server.Sessions;

/// <summary>
/// The commands beyond the original protocol that a client has accepted (ACCEPT_COMMANDS). One thread at a time adds ranges; any thread reads them.
/// </summary>
internal sealed class CommandRangeSet
{
    // A client needs one or two ranges. The limit bounds the memory that a client can make the server use.
    private const int MaxRanges = 16;

    private (int First, int Last)[] _ranges = [];

    /// <summary>The ranges, both ends inclusive; an immutable list.</summary>
    public IReadOnlyList<(int First, int Last)> Ranges => Volatile.Read(ref _ranges);

    /// <summary>Sets the ranges of an earlier connection.</summary>
    public void Set(IReadOnlyList<(int First, int Last)> ranges) => Volatile.Write(ref _ranges, [.. ranges]);

    /// <summary>Adds a range, both ends inclusive.</summary>
    /// <returns>False if the set already has 16 ranges. A range within an earlier range is not added.</returns>
    public bool TryAdd(int first, int last)
    {
        if (Array.Exists(_ranges, range => range.First <= first && last <= range.Last))
            return true;
        if (_ranges.Length == MaxRanges)
            return false;
        Volatile.Write(ref _ranges, [.. _ranges, (first, last)]);
        return true;
    }

    public bool Accepts(int command)
    {
        if (CommandRange.IsOriginal(command))
            return true;
        foreach (var (first, last) in Volatile.Read(ref _ranges))
        {
            if (command >= first && command <= last)
                return true;
        }

        return false;
    }
}
