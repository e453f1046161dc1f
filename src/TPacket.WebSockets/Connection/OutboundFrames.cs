using TPacket.Transports;
using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Connection;

/// <summary>
/// The frames of an outbound queue. While the socket accepts data, they are ranges of encoded frames that are written by one call; when the socket is full, a <see cref="Backlog"/>. Guarded by the
/// queue's lock. A mutable struct: a field that is never copied.
/// </summary>
/// <param name="options">The bounds of bytes and messages.</param>
internal struct OutboundFrames(WebSocketOptions options)
{
    // Maximum number of bytes that are gathered for one call.
    private const int GatherLength = 64 * 1024;

    // Length in bytes below which copying frames after the last range is cheaper than adding a range.
    private const int MinRangeLength = 512;

    // Maximum length in bytes of a message's first part that is copied after the frame header, to be sent with it.
    private const int MaxHeadLength = 64;

    [ThreadStatic]
    private static byte[]? _gatherBuffer;

    private FrameRangeList _ranges;
    private Backlog? _backlog;
    private int _bytesLeft = options.OutboundQueueBytes;
    private int _messagesLeft = options.OutboundQueueMessages;

    /// <summary>Whether the socket is full.</summary>
    public readonly bool IsBlocked => _backlog is not null;

    /// <summary>Number of bytes left within the bounds.</summary>
    public readonly int BytesLeft => _bytesLeft;

    /// <summary>Number of ranges; each may hold its own buffer.</summary>
    public readonly int Ranges => _ranges.Count;

    /// <summary>Whether data that does not count towards the bounds waits because the socket is full.</summary>
    public readonly bool HasUncounted => _backlog is { HasUncounted: true };

    /// <summary>Returns whether the bounds leave room for more data.</summary>
    public readonly bool Fits(int length, int messages) => length <= _bytesLeft && messages <= _messagesLeft;

    /// <summary>Counts data that is about to be appended.</summary>
    public void Count(int length, int messages)
    {
        _bytesLeft -= length;
        _messagesLeft -= messages;
    }

    /// <summary>Encodes and appends a frame of a known length; copies the payload.</summary>
    public void Append(FrameForm form, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, int length, bool counted)
    {
        if (_backlog is not null)
        {
            _backlog.Append(form, head, body, length, counted);
            return;
        }

        if (_ranges.TryAppendToLast(form, head, body, length, counted))
            return;
        var buffer = FrameBuffer.Rent(length);
        buffer.Append(form, head, body);
        _ranges.Add(new FrameRange(buffer, 0, length, 1, counted, Own: true));
    }

    /// <summary>Appends encoded frames: by reference, or copied if that is cheaper.</summary>
    public void Append(FrameBuffer frames, int start, int length, int messages, bool counted)
    {
        var bytes = frames.Array.AsSpan(start, length);
        if (_backlog is not null)
        {
            _backlog.Append(bytes, messages, counted);
        }
        else if (!_ranges.TryExtendLast(frames, start, length, messages, counted)
            && !(length < MinRangeLength && _ranges.TryCopyToLast(bytes, messages, counted)))
        {
            frames.Retain();
            _ranges.Add(new FrameRange(frames, start, start + length, messages, counted, Own: false));
        }
    }

    /// <summary>Appends the bytes of the opening handshake, while the socket is not full.</summary>
    public void AppendRaw(ReadOnlySpan<byte> bytes)
    {
        var buffer = FrameBuffer.Rent(bytes.Length);
        buffer.AppendRaw(bytes);
        _ranges.Add(new FrameRange(buffer, 0, bytes.Length, 1, Counted: false, Own: true));
    }

    /// <summary>Appends a ping or pong; it is sent before a backlog.</summary>
    public void AppendControl(FrameForm form, ReadOnlySpan<byte> payload)
    {
        if (_backlog is not null)
            _backlog.SetControl(form, payload);
        else
            Append(form, payload, [], FrameWriter.FrameLength(payload.Length, form.Masked), counted: false);
    }

    /// <summary>Writes as much as the socket accepts.</summary>
    public WriteResult Write(TransportConnection transport) => _backlog is null ? WriteRanges(transport) : WriteBacklog(transport);

    /// <summary>Returns whether a frame can be written from the caller's memory: no data waits before it, and it is not masked.</summary>
    public readonly bool CanWriteThrough(FrameForm form, ReadOnlySpan<byte> head) => _backlog is null && _ranges.Count == 0 && !form.Masked && head.Length <= MaxHeadLength;

    /// <summary>Writes a frame from the caller's memory; copies only the part that the socket does not accept.</summary>
    public WriteResult WriteThrough(TransportConnection transport, FrameForm form, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, int length)
    {
        Span<byte> start = stackalloc byte[FrameHeader.MaxLength + MaxHeadLength];
        var headerLength = FrameWriter.WriteHeader(start, form, head.Length + body.Length);
        head.CopyTo(start[headerLength..]);
        var sent = transport.TrySend(start[..(headerLength + head.Length)], body);
        if (sent < 0)
            return WriteResult.Failed;
        if (sent == length)
        {
            Uncount(length, 1);
            return WriteResult.Drained;
        }

        _backlog = new Backlog();
        _backlog.AppendRest(start[..(headerLength + head.Length)], body, sent, messages: 1, counted: true);
        WaitUntilWritable(transport);
        return WriteResult.Blocked;
    }

    /// <summary>Drops all frames.</summary>
    public void Release()
    {
        _ranges.Release();
        _backlog?.Release();
        _backlog = null;
    }

    private WriteResult WriteRanges(TransportConnection transport)
    {
        while (_ranges.Count > 0)
        {
            var gathered = Gather(out var ranges);
            var sent = transport.TrySend(gathered);
            if (sent < 0)
                return WriteResult.Failed;
            if (sent < gathered.Length)
            {
                Block(sent);
                WaitUntilWritable(transport);
                return WriteResult.Blocked;
            }

            _ranges.RemoveFirst(ranges, out var bytes, out var messages);
            Uncount(bytes, messages);
        }

        return WriteResult.Drained;
    }

    /// <summary>Returns the first range, or several small ranges copied into one buffer.</summary>
    private readonly ReadOnlySpan<byte> Gather(out int ranges)
    {
        ranges = 1;
        var first = _ranges[0].Bytes;
        if (_ranges.Count == 1 || _ranges[1].Bytes.Length > GatherLength - first.Length)
            return first;
        var gathered = _gatherBuffer ??= GC.AllocateUninitializedArray<byte>(GatherLength);
        first.CopyTo(gathered);
        var length = first.Length;
        for (; ranges < _ranges.Count && length + _ranges[ranges].Bytes.Length <= GatherLength; ranges++)
        {
            _ranges[ranges].Bytes.CopyTo(gathered.AsSpan(length));
            length += _ranges[ranges].Bytes.Length;
        }

        return gathered.AsSpan(0, length);
    }

    /// <summary>Copies the data that the full socket has not accepted to a backlog, so that no shared buffer is retained for a slow peer.</summary>
    private void Block(int sent)
    {
        _backlog = new Backlog();
        for (var i = 0; i < _ranges.Count; i++)
        {
            var range = _ranges[i];
            var skipped = Math.Min(sent, range.Bytes.Length);
            sent -= skipped;
            if (skipped == range.Bytes.Length)
                Uncount(range.Counted ? range.Bytes.Length : 0, range.Counted ? range.Messages : 0);
            else
                _backlog.AppendRest(range.Bytes, skipped, range.Messages, range.Counted);
        }

        _ranges.Release();
    }

    private WriteResult WriteBacklog(TransportConnection transport)
    {
        while (!_backlog!.IsEmpty)
        {
            var bytes = _backlog.Next;
            var sent = transport.TrySend(bytes);
            if (sent < 0)
                return WriteResult.Failed;
            Advance(sent);
            if (sent < bytes.Length)
            {
                WaitUntilWritable(transport);
                return WriteResult.Blocked;
            }
        }

        _backlog.Release();
        _backlog = null;
        return WriteResult.Drained;
    }

    private void WaitUntilWritable(TransportConnection transport) => Advance(transport.SendWhenWritable(_backlog!.Next));

    private void Advance(int sent)
    {
        _backlog!.Advance(sent, out var bytes, out var messages);
        Uncount(bytes, messages);
    }

    private void Uncount(int bytes, int messages)
    {
        _bytesLeft += bytes;
        _messagesLeft += messages;
    }
}
