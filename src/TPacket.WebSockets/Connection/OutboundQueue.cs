using TPacket.Transports;
using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Connection;

/// <summary>
/// The only writer of a connection. While the socket takes what it is given, the queue is a few references to finished frames that leave in one call at the
/// end of the batch. Once the socket is full, what is owed lies in a <see cref="Backlog"/> of the queue's own, bounded in bytes and messages. Thread-safe: guarded by itself,
/// which also lets the connection do two things to it as one.
/// </summary>
internal sealed class OutboundQueue(TransportConnection transport, WebSocketOptions options, WebSocketConnection connection) : IFlushable
{
    private const int GatherLength = 64 * 1024;

    // Most bytes beyond the bounds that wait for the end of a batch: pongs, and what a newcomer gets.
    private const int MaxUncountedBytes = 16 * 1024;

    // Each may hold a buffer of its own.
    private const int MaxRuns = 32;

    // Below this, copying a frame behind the last one is cheaper than one more run to gather.
    private const int CopyBelow = 512;

    // From here on, what waiting for the end of the batch saves is less than what holding so many bytes costs.
    private const int WriteAtOnceAbove = 4096;

    [ThreadStatic]
    private static byte[]? _gatherBuffer;

    private RunList _runs;
    private Backlog? _backlog;
    private int _countedBytes;
    private int _countedMessages;
    private int _uncountedBytes;
    private bool _blocked;
    private bool _scheduled;
    private bool _sealed;
    private bool _released;
    private Finish _finish;

    /// <summary>What happens once everything is sent.</summary>
    public enum Finish
    {
        /// <summary>Nothing: more may follow.</summary>
        None,

        /// <summary>The peer is told that nothing follows; its own end is awaited.</summary>
        Shutdown,

        /// <summary>The connection is released.</summary>
        Close,
    }

    /// <summary>Queues one message, copied.</summary>
    /// <returns>False when the queue takes nothing more.</returns>
    public bool Send(Opcode opcode, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        lock (this)
        {
            var length = FrameBuffer.FrameLength(head.Length + body.Length);
            if (!Admit(length, 1))
                return false;
            if (_blocked)
                _backlog!.Append(opcode, head, body);
            else
                Append(opcode, head, body, counted: true);

            if (length >= WriteAtOnceAbove && !_blocked)
                WriteRuns();
            else
                ScheduleWithinBounds();
            return true;
        }
    }

    /// <summary>Queues a run of finished frames, by reference.</summary>
    /// <param name="frames">Retained for as long as it is needed.</param>
    /// <param name="start">Where the run starts.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="messages">How many messages it holds.</param>
    /// <param name="counted">Whether it counts for the bounds.</param>
    /// <returns>False when the queue takes nothing more.</returns>
    public bool Send(FrameBuffer frames, int start, int length, int messages, bool counted)
    {
        lock (this)
        {
            // What does not count is as large as it is, once: a peer that asks for it again before it has read it pays for it.
            counted |= _blocked && _backlog!.OwesUncounted;
            if (counted ? !Admit(length, messages) : _sealed)
                return false;
            var bytes = frames.Array.AsSpan(start, length);
            if (_blocked)
            {
                _backlog!.Append(bytes, messages, counted);
            }
            else if (!_runs.TryExtend(frames, start, length, messages, counted)
                && !(length < CopyBelow && _runs.TryCopyBehind(bytes, messages, counted)))
            {
                frames.Retain();
                _runs.Add(new Run(frames, start, start + length, messages, counted, Own: false));
            }

            _uncountedBytes += counted ? 0 : length;
            ScheduleWithinBounds();
            return true;
        }
    }

    /// <summary>Queues a ping or pong. It overtakes a backlog; of several of a kind that wait, the last one counts (RFC 6455, section 5.5.3).</summary>
    public void SendControl(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        lock (this)
        {
            if (_sealed)
                return;
            if (_blocked)
                _backlog!.SetControl(opcode, payload);
            else
                Append(opcode, payload, [], counted: false);

            // What a peer's pings bring about has no other bound, and a peer that never pauses never lets its batch end.
            _uncountedBytes += FrameBuffer.FrameLength(payload.Length);
            ScheduleWithinBounds();
        }
    }

    /// <summary>Queues a close frame as the last one; nothing is taken after it.</summary>
    /// <returns>False when the queue was closed before.</returns>
    public bool SendClose(ReadOnlySpan<byte> payload)
    {
        lock (this)
        {
            if (_sealed)
                return false;
            Seal(payload);

            Schedule();
            return true;
        }
    }

    /// <summary>Queues bytes that are no frame: the handshake's.</summary>
    public void SendRaw(ReadOnlySpan<byte> bytes)
    {
        lock (this)
        {
            if (_sealed)
                return;
            var buffer = FrameBuffer.Rent(bytes.Length);
            buffer.AppendRaw(bytes);
            _runs.Add(new Run(buffer, 0, bytes.Length, 1, Counted: false, Own: true));

            Schedule();
        }
    }

    /// <summary>Says what happens once everything is sent; a stronger end replaces a weaker one.</summary>
    public void FinishWith(Finish finish)
    {
        lock (this)
        {
            _sealed = true;
            if (finish > _finish)
                _finish = finish;

            Schedule();
        }
    }

    /// <summary>Drops everything. Called when the transport is gone.</summary>
    public void Release()
    {
        lock (this)
        {
            _sealed = true;
            _released = true;
            _runs.Release();
            _backlog?.Release();
            _backlog = null;
        }
    }

    /// <summary>The socket takes bytes again.</summary>
    public void OnWritable()
    {
        lock (this)
        {
            if (_released || !_blocked)
                return;
            WriteBacklog();
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        lock (this)
        {
            _scheduled = false;
            if (!_released && !_blocked)
                WriteRuns();
        }
    }

    /// <summary>Writes at the end of the batch, or before it when what waits for that takes more memory than its bytes are worth.</summary>
    private void ScheduleWithinBounds()
    {
        if (!_blocked && !_released && (_uncountedBytes > MaxUncountedBytes || _runs.Count > MaxRuns))
            WriteRuns();
        else
            Schedule();
    }

    /// <summary>Writes at the end of this thread's batch, or at once where there is none.</summary>
    private void Schedule()
    {
        if (_scheduled || _blocked || _released)
            return;
        if (FlushBatch.TryAdd(this))
            _scheduled = true;
        else
            WriteRuns();
    }

    /// <summary>Whether so much more may be queued; a queue over its bounds is condemned.</summary>
    private bool Admit(int length, int messages)
    {
        if (_sealed)
            return false;
        if (Fits(length, messages))
        {
            Count(length, messages);
            return true;
        }

        // What waits for the end of the batch does not wait for the peer: it is written before the peer is judged.
        if (!_blocked)
        {
            WriteRuns();
            if (!_sealed && (!_blocked || Fits(length, messages)))
            {
                Count(length, messages);
                return true;
            }
        }

        if (!_sealed)
            connection.OnCondemned();
        return false;
    }

    private bool Fits(int length, int messages) =>
        length <= options.OutboundQueueBytes - _countedBytes && messages <= options.OutboundQueueMessages - _countedMessages;

    private void Count(int length, int messages)
    {
        _countedBytes += length;
        _countedMessages += messages;
    }

    private void Append(Opcode opcode, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, bool counted)
    {
        if (_runs.TryAppendBehind(opcode, head, body, counted))
            return;
        var buffer = FrameBuffer.Rent(FrameBuffer.FrameLength(head.Length + body.Length));
        var length = buffer.Append(opcode, head, body);
        _runs.Add(new Run(buffer, 0, length, 1, counted, Own: true));
    }

    private void Seal(ReadOnlySpan<byte> closePayload)
    {
        if (_blocked)
            _backlog!.Append(Opcode.Close, closePayload, [], counted: false);
        else
            Append(Opcode.Close, closePayload, [], counted: false);
        _sealed = true;
    }

    private void WriteRuns()
    {
        _uncountedBytes = 0;
        while (_runs.Count > 0)
        {
            var bytes = Gather(out var runs);
            var sent = transport.TrySend(bytes);
            if (sent < 0)
            {
                Fail();
                return;
            }

            if (sent < bytes.Length)
            {
                Block(sent);
                return;
            }

            _runs.RemoveFirst(runs, ref _countedBytes, ref _countedMessages);
        }

        Drained();
    }

    /// <summary>The first run as it lies, or several small ones in a row.</summary>
    private ReadOnlySpan<byte> Gather(out int runs)
    {
        runs = 1;
        var first = _runs[0].Bytes;
        if (_runs.Count == 1 || first.Length + _runs[1].Bytes.Length > GatherLength)
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
        _backlog ??= new Backlog();
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
        _blocked = true;
        WaitUntilWritable();
    }

    private void WriteBacklog()
    {
        while (!_backlog!.IsEmpty)
        {
            var bytes = _backlog.Next;
            var sent = transport.TrySend(bytes);
            if (sent < 0)
            {
                Fail();
                return;
            }

            Advance(sent);
            if (sent < bytes.Length)
            {
                WaitUntilWritable();
                return;
            }
        }

        _backlog.Release();
        _backlog = null;
        _blocked = false;
        Drained();
    }

    private void WaitUntilWritable() => Advance(transport.SendWhenWritable(_backlog!.Next));

    private void Advance(int sent)
    {
        _backlog!.Advance(sent, out var bytes, out var messages);
        Uncount(bytes, messages);
    }

    private void Uncount(int bytes, int messages)
    {
        _countedBytes -= bytes;
        _countedMessages -= messages;
    }

    private void Drained()
    {
        switch (_finish)
        {
            case Finish.Shutdown:
                transport.ShutdownSend();
                break;
            case Finish.Close:
                transport.Close();
                break;
        }
    }

    private void Fail()
    {
        // A transport that waits for nothing more would not find out by itself; after the release, its end looks like one from this side.
        _sealed = true;
        _released = true;
        _runs.Release();
        _backlog?.Release();
        _backlog = null;
        connection.OnSendFailed();
        transport.Close();
    }
}
