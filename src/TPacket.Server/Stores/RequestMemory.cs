namespace TPacket.Server.Stores;

/// <summary>The latest requests of one author, and what became of them. Grows with their number up to its bound.</summary>
internal sealed class RequestMemory
{
    // In the order of their numbers.
    private readonly List<Entry> _entries = [];
    private bool _hasForgotten;

    /// <summary>Looks a request up.</summary>
    /// <param name="number">The request's number.</param>
    /// <param name="digest">The hash of its events.</param>
    /// <param name="answer">What the request gets: its first answer, or why there is none.</param>
    /// <returns>False when the request is new.</returns>
    public bool TryAnswer(long number, ulong digest, out AppendResult answer)
    {
        var index = Find(number);
        if (index >= 0)
        {
            var entry = _entries[index];
            answer = entry.Digest == digest
                ? new AppendResult(AppendStatus.Appended, entry.Position, entry.Time, IsRepeated: true)
                : new AppendResult(AppendStatus.RequestReused, default);
            return true;
        }

        answer = new AppendResult(AppendStatus.RequestTooOld, default);
        return _hasForgotten && number < _entries[0].Number;
    }

    /// <summary>Remembers a request that was appended; the lowest number is forgotten where there are too many.</summary>
    /// <returns>The number that was forgotten, if any.</returns>
    public long? Add(long number, ulong digest, RoomPosition position, long time)
    {
        _entries.Insert(~Find(number), new Entry(number, digest, position, time));
        if (_entries.Count <= RequestId.Remembered)
            return null;
        var forgotten = _entries[0].Number;
        _entries.RemoveAt(0);
        _hasForgotten = true;
        return forgotten;
    }

    private int Find(long number)
    {
        // As a rule the number is a new one, and the highest.
        if (_entries.Count == 0 || _entries[^1].Number < number)
            return ~_entries.Count;
        var (low, high) = (0, _entries.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            switch (_entries[middle].Number.CompareTo(number))
            {
                case 0:
                    return middle;
                case < 0:
                    low = middle + 1;
                    break;
                default:
                    high = middle - 1;
                    break;
            }
        }

        return ~low;
    }

    private readonly record struct Entry(long Number, ulong Digest, RoomPosition Position, long Time);
}
