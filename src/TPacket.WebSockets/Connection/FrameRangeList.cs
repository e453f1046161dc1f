using System.Diagnostics.CodeAnalysis;
using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Connection;

/// <summary>The ranges of an outbound queue in order. A single range, the usual case, needs no array. A mutable struct: a field that is never copied.</summary>
internal struct FrameRangeList
{
    private const int SmallestArray = 4;

    // An unused array for the next queue on this thread that needs more than one range.
    [ThreadStatic]
    private static FrameRange[]? _spare;

    private FrameRange _first;
    private FrameRange[]? _more;

    public int Count { get; private set; }

    public readonly FrameRange this[int index] => index == 0 ? _first : _more![index - 1];

    public void Add(FrameRange range)
    {
        if (Count == 0)
        {
            _first = range;
        }
        else
        {
            _more ??= TakeSpare();
            if (Count - 1 == _more.Length)
                Array.Resize(ref _more, _more.Length * 2);
            _more[Count - 1] = range;
        }

        Count++;
    }

    /// <summary>Extends the last range if the new frames follow it in the same buffer.</summary>
    public bool TryExtendLast(FrameBuffer frames, int start, int length, int messages, bool counted)
    {
        if (Count == 0)
            return false;
        ref var last = ref Last();
        if (last.Frames != frames || last.End != start || last.Counted != counted)
            return false;
        last.Extend(length, messages);
        return true;
    }

    /// <summary>Copies encoded frames after the last range if its buffer is the queue's own and has room.</summary>
    public bool TryCopyToLast(ReadOnlySpan<byte> frames, int messages, bool counted)
    {
        if (Count == 0)
            return false;
        ref var last = ref Last();
        if (!last.Own || last.Counted != counted || last.Frames.Remaining < frames.Length)
            return false;
        last.Frames.AppendRaw(frames);
        last.Extend(frames.Length, messages);
        return true;
    }

    /// <summary>Encodes a message after the last range if its buffer is the queue's own and has room.</summary>
    public bool TryAppendToLast(FrameForm form, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, int length, bool counted)
    {
        if (Count == 0)
            return false;
        ref var last = ref Last();
        if (!last.Own || last.Counted != counted || last.Frames.Remaining < length)
            return false;
        last.Frames.Append(form, head, body);
        last.Extend(length, messages: 1);
        return true;
    }

    /// <summary>Removes ranges that were sent.</summary>
    /// <param name="ranges">Number of ranges.</param>
    /// <param name="bytes">Number of counted bytes in them.</param>
    /// <param name="messages">Number of counted messages in them.</param>
    public void RemoveFirst(int ranges, out int bytes, out int messages)
    {
        bytes = 0;
        messages = 0;
        for (var i = 0; i < ranges; i++)
        {
            var range = this[i];
            if (range.Counted)
            {
                bytes += range.End - range.Start;
                messages += range.Messages;
            }

            range.Frames.Release();
        }

        var left = Count - ranges;
        if (left > 0)
        {
            _first = _more![ranges - 1];
            Array.Copy(_more, ranges, _more, 0, left - 1);
        }
        else
        {
            Clear();
        }

        Count = left;
    }

    public void Release()
    {
        for (var i = 0; i < Count; i++)
            this[i].Frames.Release();
        Clear();
        Count = 0;
    }

    /// <summary>Removes all references to buffers, and keeps the array for another queue.</summary>
    private void Clear()
    {
        _first = default;
        if (_more is null)
            return;
        Array.Clear(_more);
        if (_more.Length == SmallestArray)
            _spare = _more;
        _more = null;
    }

    private static FrameRange[] TakeSpare()
    {
        var spare = _spare ?? new FrameRange[SmallestArray];
        _spare = null;
        return spare;
    }

    [UnscopedRef]
    private ref FrameRange Last()
    {
        if (Count == 1)
            return ref _first;
        return ref _more![Count - 2];
    }
}
