using TPacket.Transports;
using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Connection;

/// <summary>
/// What a queue owes its peer. While the socket takes what it is given, a few references to finished frames that leave in one call; once the socket is full, a
/// <see cref="Backlog"/>. A field that is not copied, guarded by the queue.
/// </summary>
/// <param name="options">How much it may owe.</param>
internal struct OutboundFrames(WebSocketOptions options)
{
    private const int GatherLength = 64 * 1024;

    // Below this, copying a frame behind the last one is cheaper than one more run to gather.
    private const int CopyBelow = 512;

    // Longest head of a message that is put behind the frame's header; a tPacket's is shorter.
    private const int LongestHead = 64;

    [ThreadStatic]
    private static byte[]? _gatherBuffer;

    private RunList _runs;
    private Backlog? _backlog;
    private int _bytesLeft = options.OutboundQueueBytes;
    private int _messagesLeft = options.OutboundQueueMessages;

    /// <summary>Whether the socket is full.</summary>
    public readonly bool IsBlocked => _backlog is not null;

    /// <summary>How many more bytes are within the bounds.</summary>
    public readonly int BytesLeft => _bytesLeft;

    /// <summary>How many runs wait to be gathered; each may hold a buffer of its own.</summary>
    public readonly int Runs => _runs.Count;

    /// <summary>Whether something that does not count for the bounds waits for the socket.</summary>
    public readonly bool OwesUncounted => _backlog is { OwesUncounted: true };

    /// <summary>Whether so much more is within the bounds.</summary>
    public readonly bool Fits(int length, int messages) => length <= _bytesLeft && messages <= _messagesLeft;

    /// <summary>Counts what is about to be appended.</summary>
    public void Count(int length, int messages)
    {
        _bytesLeft -= length;
        _messagesLeft -= messages;
    }

    /// <summary>Appends one frame of a known length, copied.</summary>
    public void Append(FrameForm form, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, int length, bool counted)
    {
        if (_backlog is not null)
        {
            _backlog.Append(form, head, body, length, counted);
            return;
        }

        if (_runs.TryAppendBehind(form, head, body, length, counted))
            return;
        var buffer = FrameBuffer.Rent(length);
        buffer.Append(form, head, body);
        _runs.Add(new Run(buffer, 0, length, 1, counted, Own: true));
    }

    /// <summary>Appends a stretch of finished frames, by reference.</summary>
    public void Append(FrameBuffer frames, int start, int length, int messages, bool counted)
    {
        var bytes = frames.Array.AsSpan(start, length);
        if (_backlog is not null)
        {
            _backlog.Append(bytes, messages, counted);
        }
        else if (!_runs.TryExtend(frames, start, length, messages, counted)
            && !(length < CopyBelow && _runs.TryCopyBehind(bytes, messages, counted)))
        {
            frames.Retain();
            _runs.Add(new Run(frames, start, start + length, messages, counted, Own: false));
        }
    }

    /// <summary>Appends bytes that are no frame; nothing is blocked yet.</summary>
    public void AppendRaw(ReadOnlySpan<byte> bytes)
    {
        var buffer = FrameBuffer.Rent(bytes.Length);
        buffer.AppendRaw(bytes);
        _runs.Add(new Run(buffer, 0, bytes.Length, 1, Counted: false, Own: true));
    }

    /// <summary>Appends a ping or pong; it overtakes a backlog.</summary>
    public void AppendControl(FrameForm form, ReadOnlySpan<byte> payload)
    {
        if (_backlog is not null)
            _backlog.SetControl(form, payload);
        else
            Append(form, payload, [], FrameWriter.FrameLength(payload.Length, form.Masked), counted: false);
    }

    /// <summary>Writes what the socket takes.</summary>
    public WriteResult Write(TransportConnection transport) => _backlog is null ? WriteRuns(transport) : WriteBacklog(transport);

    /// <summary>Whether a frame can be written from where its parts lie: nothing waits before it, and it is sent as it is.</summary>
    public readonly bool CanWriteThrough(FrameForm form, ReadOnlySpan<byte> head) => _backlog is null && _runs.Count == 0 && !form.Masked && head.Length <= LongestHead;

    /// <summary>Writes a frame from where its parts lie; one that the socket does not take whole is copied.</summary>
    public WriteResult WriteThrough(TransportConnection transport, FrameForm form, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, int length)
    {
        Span<byte> start = stackalloc byte[FrameHeader.MaxLength + LongestHead];
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

    /// <summary>Drops everything.</summary>
    public void Release()
    {
        _runs.Release();
        _backlog?.Release();
        _backlog = null;
    }

    private WriteResult WriteRuns(TransportConnection transport)
    {
        while (_runs.Count > 0)
        {
            var gathered = Gather(out var runs);
            var sent = transport.TrySend(gathered);
            if (sent < 0)
                return WriteResult.Failed;
            if (sent < gathered.Length)
            {
                Block(sent);
                WaitUntilWritable(transport);
                return WriteResult.Blocked;
            }

            _runs.RemoveFirst(runs, out var bytes, out var messages);
            Uncount(bytes, messages);
        }

        return WriteResult.Drained;
    }

    /// <summary>The first run as it lies, or several small ones in a row.</summary>
    private readonly ReadOnlySpan<byte> Gather(out int runs)
    {
        runs = 1;
        var first = _runs[0].Bytes;
        if (_runs.Count == 1 || _runs[1].Bytes.Length > GatherLength - first.Length)
            return first;
        var gathered = _gatherBuffer ??= GC.AllocateUninitializedArray<byte>(GatherLength);
        first.CopyTo(gathered);
        var length = first.Length;
        for (; runs < _runs.Count && length + _runs[runs].Bytes.Length <= GatherLength; runs++)
        {
            _runs[runs].Bytes.CopyTo(gathered.AsSpan(length));
            length += _runs[runs].Bytes.Length;
        }

        return gathered.AsSpan(0, length);
    }

    /// <summary>The socket is full: what it did not take moves into the backlog, so that nobody else's buffer is held.</summary>
    private void Block(int sent)
    {
        _backlog = new Backlog();
        for (var i = 0; i < _runs.Count; i++)
        {
            var run = _runs[i];
            var skipped = Math.Min(sent, run.Bytes.Length);
            sent -= skipped;
            if (skipped == run.Bytes.Length)
                Uncount(run.Counted ? run.Bytes.Length : 0, run.Counted ? run.Messages : 0);
            else
                _backlog.AppendRest(run.Bytes, skipped, run.Messages, run.Counted);
        }

        _runs.Release();
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
