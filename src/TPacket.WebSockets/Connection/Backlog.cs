using TPacket.Transports.Buffers;
using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Connection;

/// <summary>
/// What a full socket has not taken: the bytes in a row, and where each entry ends, so that the queue knows how much is still owed and where a control frame
/// can step in between two frames.
/// </summary>
internal sealed class Backlog
{
    private readonly Queue<Entry> _entries = new();
    private byte[] _buffer = BufferPool.Rent(FrameBuffer.StandardCapacity);
    private int _start;
    private int _uncounted;
    private int _end;
    private ControlLane? _control;

    // How much of the first entry is gone: above zero, its frame is under way and nothing may step in.
    private int _taken;

    /// <summary>Whether something that does not count for the bounds waits already.</summary>
    public bool OwesUncounted => _uncounted > 0;

    public bool IsEmpty => _start == _end && !ControlWaits;

    /// <summary>What is to be sent next.</summary>
    public ReadOnlySpan<byte> Next
    {
        get
        {
            if (!ControlWaits)
                return _buffer.AsSpan(_start, _end - _start);
            if (ControlIsNext)
                return _control!.Next;
            return _buffer.AsSpan(_start, _entries.Peek().Length - _taken);
        }
    }

    private bool ControlWaits => _control is { IsEmpty: false };

    private bool ControlIsNext => ControlWaits && (_taken == 0 || _control!.IsUnderWay);

    public void Append(FrameForm form, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, int length, bool counted)
    {
        FrameWriter.Write(Reserve(length), form, head, body);
        Enqueue(new Entry(length, 1, counted));
    }

    public void Append(ReadOnlySpan<byte> frames, int messages, bool counted)
    {
        frames.CopyTo(Reserve(frames.Length));
        Enqueue(new Entry(frames.Length, messages, counted));
    }

    /// <summary>Takes over a run of which the socket has taken the beginning.</summary>
    public void AppendRest(ReadOnlySpan<byte> frames, int alreadySent, int messages, bool counted)
    {
        frames[alreadySent..].CopyTo(Reserve(frames.Length - alreadySent));
        if (alreadySent > 0)
            _taken = alreadySent;
        Enqueue(new Entry(frames.Length, messages, counted));
    }

    /// <summary>Sets the control frame that waits to step in.</summary>
    public void SetControl(FrameForm form, ReadOnlySpan<byte> payload) => (_control ??= new ControlLane()).Set(form, payload);

    /// <summary>Bytes of <see cref="Next"/> were sent.</summary>
    /// <param name="sent">How many.</param>
    /// <param name="bytes">How many counted bytes were thereby paid off.</param>
    /// <param name="messages">How many counted messages.</param>
    public void Advance(int sent, out int bytes, out int messages)
    {
        bytes = 0;
        messages = 0;
        if (ControlIsNext)
        {
            _control!.Advance(sent);
            return;
        }

        _start += sent;
        _taken += sent;
        while (_entries.TryPeek(out var entry) && _taken >= entry.Length)
        {
            _taken -= entry.Length;
            _entries.Dequeue();
            if (!entry.Counted)
            {
                _uncounted--;
                continue;
            }

            bytes += entry.Length;
            messages += entry.Messages;
        }
    }

    public void Release() => BufferPool.Return(_buffer);

    private void Enqueue(Entry entry)
    {
        _uncounted += entry.Counted ? 0 : 1;
        _entries.Enqueue(entry);
    }

    private Span<byte> Reserve(int length)
    {
        if (_buffer.Length - _end < length)
            MakeRoom(length);
        var reserved = _buffer.AsSpan(_end, length);
        _end += length;
        return reserved;
    }

    private void MakeRoom(int length)
    {
        var owed = _end - _start;
        var buffer = _buffer.Length - owed < length ? BufferPool.Rent((owed + length) * 2) : _buffer;
        _buffer.AsSpan(_start, owed).CopyTo(buffer);
        if (buffer != _buffer)
            BufferPool.Return(_buffer);
        _buffer = buffer;
        _start = 0;
        _end = owed;
    }

    /// <summary>Frames that were queued together.</summary>
    private readonly record struct Entry(int Length, int Messages, bool Counted);
}
