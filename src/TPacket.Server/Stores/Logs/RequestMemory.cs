using System.Buffers;

namespace TPacket.Server.Stores.Logs;

/// <summary>The latest requests of an author and their results, in the order of their numbers. Bounded; grows with the number of requests.</summary>
/// <remarks>
/// Each entry holds the differences to the previous entry (<see cref="RequestEntry"/>): 15 bytes for an author that sends a message per minute,
/// so that 256 requests usually take less than 4 KiB. A new request, which usually has the highest number, is added without reading other entries.
/// </remarks>
internal sealed class RequestMemory
{
    // Larger than an entry buffer, so that an entry can be copied without checking which part is in use.
    private const int SmallestRing = 64;

    // A larger ring grows by this step. Doubling would leave half of the ring empty.
    private const int LargestStep = 256;

    private byte[] _ring = new byte[SmallestRing];
    private int _start;
    private int _length;
    private int _count;
    private bool _hasForgotten;

    // The place before the first entry, to which the differences in the first entry refer.
    private RequestPlace _before;
    private RequestPlace _last;

    /// <summary>The capacity of the ring in bytes.</summary>
    internal int Capacity => _ring.Length;

    /// <summary>Looks up a request.</summary>
    /// <param name="number">The request's number.</param>
    /// <param name="digest">The hash of its events.</param>
    /// <param name="answer">The first answer, without the epoch; or the reason of a rejection.</param>
    /// <returns>False if the request is new.</returns>
    public bool TryAnswer(long number, ulong digest, out AppendResult answer)
    {
        answer = new AppendResult(AppendStatus.RequestTooOld, default);
        if (_count == 0 || number > _last.Number)
            return false;
        var place = _before;
        for (var at = 0; at < _length;)
        {
            var isFirst = at == 0;
            at += Read(at, ref place, out var entry);
            if (place.Number < number)
                continue;
            if (place.Number > number)
                return isFirst && _hasForgotten;
            answer = entry.Digest == RequestEntry.Shorten(digest)
                ? new AppendResult(AppendStatus.Appended, new RoomPosition(0, place.Offset, entry.Check), place.Time, IsRepeated: true)
                : new AppendResult(AppendStatus.RequestReused, default);
            return true;
        }

        return false;
    }

    /// <summary>Remembers a newly appended request. Beyond the bound, the request with the lowest number is forgotten.</summary>
    /// <param name="number">The number of the request, which is not remembered yet.</param>
    /// <param name="digest">The hash of its events.</param>
    /// <param name="position">The position after its events, in the epoch of the log.</param>
    /// <param name="time">The time of its events.</param>
    /// <returns>The number of the forgotten request, which may be the new request; null for none.</returns>
    public long? Add(long number, ulong digest, RoomPosition position, long time)
    {
        var place = new RequestPlace(number, position.Offset, time);
        var entry = new RequestEntry(RequestEntry.Shorten(digest), position.Check);
        long? forgotten = null;
        if (_count == RequestId.Remembered)
        {
            _hasForgotten = true;
            var first = _before;
            var length = Read(0, ref first, out _);
            if (number < first.Number)
                return number;
            forgotten = first.Number;
            _before = first;
            _start = Wrap(_start + length);
            _length -= length;
            _count--;
        }

        if (_count == 0 || number > _last.Number)
            Push(place, entry);
        else
            Insert(place, entry);
        return forgotten;
    }

    /// <summary>Completes the restoration. If the maximum number of requests was restored, older requests may have existed.</summary>
    public void EndRestore() => _hasForgotten |= _count == RequestId.Remembered;

    private void Push(in RequestPlace place, RequestEntry entry)
    {
        if (_count == 0)
            _before = _last = place with { Number = place.Number - 1 };
        Span<byte> buffer = stackalloc byte[RequestEntry.BufferLength];
        var length = entry.Write(buffer, place, _last);
        if (_length + length > _ring.Length)
            Grow();
        var end = Wrap(_start + _length);
        var whole = Math.Min(length, _ring.Length - end);
        buffer[..whole].CopyTo(_ring.AsSpan(end));
        buffer[whole..length].CopyTo(_ring);
        _length += length;
        _count++;
        _last = place;
    }

    /// <summary>Adds a request that does not have the highest number. Rewrites all entries, because such requests are rare.</summary>
    private void Insert(in RequestPlace place, RequestEntry entry)
    {
        var all = ArrayPool<(RequestPlace Place, RequestEntry Entry)>.Shared.Rent(_count);
        var (count, at, read) = (_count, 0, _before);
        for (var i = 0; i < count; i++)
        {
            at += Read(at, ref read, out var other);
            all[i] = (read, other);
        }

        (_start, _length, _count) = (0, 0, 0);
        var isPushed = false;
        for (var i = 0; i < count; i++)
        {
            if (!isPushed && place.Number < all[i].Place.Number)
            {
                Push(place, entry);
                isPushed = true;
            }

            Push(all[i].Place, all[i].Entry);
        }

        ArrayPool<(RequestPlace Place, RequestEntry Entry)>.Shared.Return(all);
    }

    /// <param name="at">The index of the entry's first byte, from the first entry.</param>
    /// <param name="place">The place of the previous entry; after the call, the place of this entry.</param>
    /// <param name="entry">The entry.</param>
    /// <returns>The length of the entry in bytes.</returns>
    private int Read(int at, ref RequestPlace place, out RequestEntry entry)
    {
        var begin = Wrap(_start + at);
        if (begin + RequestEntry.BufferLength <= _ring.Length)
            return RequestEntry.Read(_ring.AsSpan(begin), ref place, out entry);
        Span<byte> buffer = stackalloc byte[RequestEntry.BufferLength];
        var whole = _ring.Length - begin;
        _ring.AsSpan(begin).CopyTo(buffer);
        _ring.AsSpan(0, buffer.Length - whole).CopyTo(buffer[whole..]);
        return RequestEntry.Read(buffer, ref place, out entry);
    }

    private void Grow()
    {
        var ring = new byte[_ring.Length + Math.Min(_ring.Length, LargestStep)];
        var whole = Math.Min(_length, _ring.Length - _start);
        _ring.AsSpan(_start, whole).CopyTo(ring);
        _ring.AsSpan(0, _length - whole).CopyTo(ring.AsSpan(whole));
        (_ring, _start) = (ring, 0);
    }

    private int Wrap(int index) => index < _ring.Length ? index : index - _ring.Length;
}
