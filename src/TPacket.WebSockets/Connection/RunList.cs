using System.Diagnostics.CodeAnalysis;
using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Connection;

/// <summary>The runs of an outbound queue in their order. Nearly always there is one, which is kept without an array.</summary>
internal struct RunList
{
    private const int SmallestArray = 4;

    // One that is not in use, for the next queue of this thread that needs more than one run.
    [ThreadStatic]
    private static Run[]? _spare;

    private Run _first;
    private Run[]? _more;

    public int Count { get; private set; }

    public readonly Run this[int index] => index == 0 ? _first : _more![index - 1];

    public void Add(Run run)
    {
        if (Count == 0)
        {
            _first = run;
        }
        else
        {
            _more ??= TakeSpare();
            if (Count - 1 == _more.Length)
                Array.Resize(ref _more, _more.Length * 2);
            _more[Count - 1] = run;
        }

        Count++;
    }

    /// <summary>Lengthens the last run when the new one follows it in the same buffer.</summary>
    public bool TryExtend(FrameBuffer frames, int start, int length, int messages, bool counted)
    {
        if (Count == 0)
            return false;
        ref var last = ref Last();
        if (last.Frames != frames || last.End != start || last.Counted != counted)
            return false;
        last.Lengthen(length, messages);
        return true;
    }

    /// <summary>Copies finished frames behind the last run when its buffer is the queue's own and has room.</summary>
    public bool TryCopyBehind(ReadOnlySpan<byte> frames, int messages, bool counted)
    {
        if (Count == 0)
            return false;
        ref var last = ref Last();
        if (!last.Own || last.Counted != counted || last.Frames.Remaining < frames.Length)
            return false;
        last.Frames.AppendRaw(frames);
        last.Lengthen(frames.Length, messages);
        return true;
    }

    /// <summary>Writes a message behind the last run when its buffer is the queue's own and has room.</summary>
    public bool TryAppendBehind(FrameForm form, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, int length, bool counted)
    {
        if (Count == 0)
            return false;
        ref var last = ref Last();
        if (!last.Own || last.Counted != counted || last.Frames.Remaining < length)
            return false;
        last.Frames.Append(form, head, body);
        last.Lengthen(length, messages: 1);
        return true;
    }

    /// <summary>Removes what was sent.</summary>
    /// <param name="runs">How many runs.</param>
    /// <param name="bytes">How many counted bytes they had.</param>
    /// <param name="messages">How many counted messages.</param>
    public void RemoveFirst(int runs, out int bytes, out int messages)
    {
        bytes = 0;
        messages = 0;
        for (var i = 0; i < runs; i++)
        {
            var run = this[i];
            if (run.Counted)
            {
                bytes += run.End - run.Start;
                messages += run.Messages;
            }

            run.Frames.Release();
        }

        var left = Count - runs;
        if (left > 0)
        {
            _first = _more![runs - 1];
            Array.Copy(_more, runs, _more, 0, left - 1);
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

    /// <summary>Forgets the buffers; the array serves another queue.</summary>
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

    private static Run[] TakeSpare()
    {
        var spare = _spare ?? new Run[SmallestArray];
        _spare = null;
        return spare;
    }

    [UnscopedRef]
    private ref Run Last()
    {
        if (Count == 1)
            return ref _first;
        return ref _more![Count - 2];
    }
}
