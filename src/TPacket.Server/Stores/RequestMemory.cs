namespace TPacket.Server.Stores;

/// <summary>The latest requests of one author, in the order of their numbers, and what became of them. Grows with their number up to its bound.</summary>
internal sealed class RequestMemory
{
    // A ring: as a rule a new number is the highest, and the lowest is forgotten for it.
    private Entry[] _entries = new Entry[4];
    private int _first;
    private int _count;
    private bool _hasForgotten;

    /// <summary>Looks a request up.</summary>
    /// <param name="number">The request's number.</param>
    /// <param name="digest">The hash of its events.</param>
    /// <param name="answer">The answer: the first one, or why there is none.</param>
    /// <returns>False when the request is new.</returns>
    public bool TryAnswer(long number, ulong digest, out AppendResult answer)
    {
        var index = Find(number);
        if (index >= 0)
        {
            ref var entry = ref At(index);
            answer = entry.Digest == digest
                ? new AppendResult(AppendStatus.Appended, entry.Position, entry.Time, IsRepeated: true)
                : new AppendResult(AppendStatus.RequestReused, default);
            return true;
        }

        answer = new AppendResult(AppendStatus.RequestTooOld, default);
        return _hasForgotten && number < At(0).Number;
    }

    /// <summary>Remembers a new request that was appended; the lowest number is forgotten where there are too many.</summary>
    /// <returns>The number that was forgotten, if any; it may be the new one.</returns>
    public long? Add(long number, ulong digest, RoomPosition position, long time)
    {
        var index = ~Find(number);
        long? forgotten = null;
        if (_count == RequestId.Remembered)
        {
            _hasForgotten = true;
            if (index == 0)
                return number;
            forgotten = At(0).Number;
            _first = (_first + 1) % _entries.Length;
            _count--;
            index--;
        }
        else if (_count == _entries.Length)
        {
            Grow();
        }

        _count++;
        for (var i = _count - 1; i > index; i--)
            At(i) = At(i - 1);
        At(index) = new Entry(number, digest, position, time);
        return forgotten;
    }

    /// <summary>All requests that were kept elsewhere are added again: where there are as many as are remembered, older ones may have been forgotten before.</summary>
    public void EndRestore() => _hasForgotten |= _count == RequestId.Remembered;

    private ref Entry At(int index) => ref _entries[(_first + index) % _entries.Length];

    private void Grow()
    {
        var entries = new Entry[Math.Min(_entries.Length * 2, RequestId.Remembered)];
        for (var i = 0; i < _count; i++)
            entries[i] = At(i);
        (_entries, _first) = (entries, 0);
    }

    private int Find(long number)
    {
        if (_count == 0 || At(_count - 1).Number < number)
            return ~_count;
        var (low, high) = (0, _count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            switch (At(middle).Number.CompareTo(number))
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
