using TPacket.Protocol;

namespace TPacket.Server.Sessions;

/// <summary>The commands beyond the original protocol that a client has asked for. Written by one thread at a time, read by any.</summary>
internal sealed class CommandRangeSet
{
    // A client needs one or two; the bound keeps it from making the server remember more.
    private const int MaxRanges = 16;

    private (int First, int Last)[] _ranges = [];

    /// <summary>Both ends of each range included; never changes.</summary>
    public IReadOnlyList<(int First, int Last)> Ranges => Volatile.Read(ref _ranges);

    /// <summary>Takes over the ranges of an earlier connection.</summary>
    public void Set(IReadOnlyList<(int First, int Last)> ranges) => Volatile.Write(ref _ranges, [.. ranges]);

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
