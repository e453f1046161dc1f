using System.Buffers;
using System.Runtime.InteropServices;
using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Connection;

/// <summary>
/// The data that waits because the socket is full: a queue of bytes, and the length of each entry of frames. The entries show how much counts towards the bounds of the outbound queue, and between
/// which frames a control frame can be inserted.
/// </summary>
/// <param name="pool">Pool of the buffers; null for <see cref="TPacket.Transports.Buffers.BufferPool"/>.</param>
internal sealed class Backlog(ArrayPool<byte>? pool = null)
{
    private readonly Queue<Entry> _entries = new();
    private readonly SegmentQueue _bytes = new(pool);
    private int _uncounted;
    private PendingControlFrames? _control;

    // Bytes of the first entry that were sent. Above zero, no control frame can be inserted before the rest of the entry.
    private long _sent;

    /// <summary>Whether an entry that does not count towards the bounds is waiting.</summary>
    public bool HasUncounted => _uncounted > 0;

    public bool IsEmpty => _bytes.IsEmpty && !HasControl;

    /// <summary>The bytes to send next: the bytes of the first buffer, up to the place of a waiting control frame.</summary>
    public ReadOnlySpan<byte> Next
    {
        get
        {
            if (ControlIsNext)
                return _control!.Next;
            var first = _bytes.First;
            return HasControl ? first[..(int)Math.Min(first.Length, _entries.Peek().Length - _sent)] : first;
        }
    }

    private bool HasControl => _control is { IsEmpty: false };

    private bool ControlIsNext => HasControl && (_sent == 0 || _control!.IsPartlySent);

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

    /// <summary>Appends frames of which the socket has accepted the beginning.</summary>
    public void AppendRest(ReadOnlySpan<byte> frames, int alreadySent, int messages, bool counted) => AppendRest(frames, [], alreadySent, messages, counted);

    /// <summary>Appends frames that consist of two parts, of which the socket has accepted the beginning.</summary>
    /// <inheritdoc cref="AppendRest(ReadOnlySpan{byte}, int, int, bool)"/>
    public void AppendRest(ReadOnlySpan<byte> start, ReadOnlySpan<byte> end, int alreadySent, int messages, bool counted)
    {
        var ofStart = Math.Min(alreadySent, start.Length);
        _bytes.Append(start[ofStart..]);
        _bytes.Append(end[(alreadySent - ofStart)..]);
        if (alreadySent > 0)
            _sent = alreadySent;
        Enqueue(new Entry(start.Length + end.Length, messages, counted));
    }

    /// <summary>Sets the ping or pong that is sent before the remaining entries.</summary>
    public void SetControl(FrameForm form, ReadOnlySpan<byte> payload) => (_control ??= new PendingControlFrames()).Set(form, payload);

    /// <summary>Removes bytes of <see cref="Next"/> that were sent.</summary>
    /// <param name="sent">Number of bytes.</param>
    /// <param name="bytes">Number of counted bytes in entries that are now complete.</param>
    /// <param name="messages">Number of counted messages in entries that are now complete.</param>
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
        _sent += sent;
        while (_entries.TryPeek(out var entry) && _sent >= entry.Length)
        {
            _sent -= entry.Length;
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

    /// <summary>Frames that were queued by one call.</summary>
    private readonly record struct Entry(int Length, int Messages, bool Counted);
}
