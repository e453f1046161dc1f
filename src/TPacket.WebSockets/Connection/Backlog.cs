using System.Buffers;
using System.Runtime.InteropServices;
using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Connection;

/// <summary>
/// What a full socket has not taken: the bytes in a row, and where each entry ends, so that the queue knows how much is still owed and where a control frame
/// can step in between two frames.
/// </summary>
/// <param name="pool">The owner of the buffers; the counted pool where null.</param>
internal sealed class Backlog(ArrayPool<byte>? pool = null)
{
    private readonly Queue<Entry> _entries = new();
    private readonly SegmentQueue _bytes = new(pool);
    private int _uncounted;
    private ControlLane? _control;

    // How much of the first entry is gone: above zero, its frame is under way and nothing may step in.
    private long _taken;

    /// <summary>Whether something that does not count for the bounds waits already.</summary>
    public bool OwesUncounted => _uncounted > 0;

    public bool IsEmpty => _bytes.IsEmpty && !ControlWaits;

    /// <summary>What is to be sent next: not all of it, where it does not lie in one buffer or a control frame is to step in.</summary>
    public ReadOnlySpan<byte> Next
    {
        get
        {
            if (ControlIsNext)
                return _control!.Next;
            var first = _bytes.First;
            return ControlWaits ? first[..(int)Math.Min(first.Length, _entries.Peek().Length - _taken)] : first;
        }
    }

    private bool ControlWaits => _control is { IsEmpty: false };

    private bool ControlIsNext => ControlWaits && (_taken == 0 || _control!.IsUnderWay);

    public void Append(FrameForm form, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, int length, bool counted)
    {
        Span<byte> header = stackalloc byte[FrameHeader.MaxLength];
        _bytes.Append(header[..FrameWriter.WriteHeader(header, form, head.Length + body.Length)]);
        if (form.Masked)
        {
            var key = MaskingKeys.Next();
            _bytes.Append(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in key)));
            _bytes.Append(body, _bytes.Append(head, key));
        }
        else
        {
            _bytes.Append(head);
            _bytes.Append(body);
        }

        Enqueue(new Entry(length, 1, counted));
    }

    public void Append(ReadOnlySpan<byte> frames, int messages, bool counted)
    {
        _bytes.Append(frames);
        Enqueue(new Entry(frames.Length, messages, counted));
    }

    /// <summary>Takes over a run of which the socket has taken the beginning.</summary>
    public void AppendRest(ReadOnlySpan<byte> frames, int alreadySent, int messages, bool counted) => AppendRest(frames, [], alreadySent, messages, counted);

    /// <summary>Takes over a run that is given in two parts.</summary>
    /// <inheritdoc cref="AppendRest(ReadOnlySpan{byte}, int, int, bool)"/>
    public void AppendRest(ReadOnlySpan<byte> start, ReadOnlySpan<byte> end, int alreadySent, int messages, bool counted)
    {
        var ofStart = Math.Min(alreadySent, start.Length);
        _bytes.Append(start[ofStart..]);
        _bytes.Append(end[(alreadySent - ofStart)..]);
        if (alreadySent > 0)
            _taken = alreadySent;
        Enqueue(new Entry(start.Length + end.Length, messages, counted));
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

        _bytes.RemoveFirst(sent);
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

    public void Release() => _bytes.Release();

    private void Enqueue(Entry entry)
    {
        _uncounted += entry.Counted ? 0 : 1;
        _entries.Enqueue(entry);
    }

    /// <summary>Frames that were queued together.</summary>
    private readonly record struct Entry(int Length, int Messages, bool Counted);
}
