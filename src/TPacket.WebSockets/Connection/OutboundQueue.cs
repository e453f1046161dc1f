using TPacket.Transports.Loops;
using TPacket.WebSockets.Compression;
using TPacket.WebSockets.Framing;
using TPacket.WebSockets.Messages;

namespace TPacket.WebSockets.Connection;

/// <summary>
/// The only writer of a connection. It bounds the bytes and messages that wait, and decides when to write: at the end of the batch that the calling thread or the connection's event loop handles; at
/// once if there is no batch, or the message is large. Thread-safe; <see cref="Enter"/> combines several calls into one atomic operation.
/// </summary>
internal sealed class OutboundQueue(WebSocketConnection connection) : IFlushable
{
    // Maximum number of bytes that wait for the end of a batch without counting towards the bounds, such as pongs.
    private const int MaxUncountedBytes = 16 * 1024;

    // Maximum number of ranges that wait for the end of a batch; each may hold its own buffer.
    private const int MaxRanges = 32;

    // Frame length in bytes from which it costs more to copy and hold a frame than the wait for the end of the batch saves.
    private const int MinLengthToWriteAtOnce = 4096;

    private BiasedLock _lock;
    private OutboundFrames _frames = new(connection.Options);
    private MessageDeflater? _deflater;
    private int _uncountedBytes;
    private bool _scheduled;
    private bool _sealed;
    private bool _released;
    private Finish _finish;

    /// <summary>Action when all queued data has been written.</summary>
    public enum Finish
    {
        /// <summary>None: more data may follow, or the peer closes the connection.</summary>
        None,

        /// <summary>Shuts down the sending side, and waits for the end of the peer's stream.</summary>
        Shutdown,

        /// <summary>Closes the transport.</summary>
        Close,
    }

    /// <summary>Whether data waits because the socket is full.</summary>
    public bool IsBlocked
    {
        get
        {
            using (Enter())
                return _frames.IsBlocked;
        }
    }

    /// <summary>
    /// Number of counted bytes that wait because the socket is full; null if none wait. Read without the lock: code that monitors all connections must not revoke the bias of their event loops.
    /// </summary>
    public int? BacklogBytes => _frames.IsBlocked ? Math.Max(0, connection.Options.OutboundQueueBytes - _frames.BytesLeft) : null;

    /// <summary>Enters the queue's lock, which is recursive.</summary>
    public BiasedLock.Scope Enter() => _lock.Enter(this);

    /// <summary>Compresses all further messages (RFC 7692).</summary>
    public void Compress(DeflateParameters parameters, DeflateOptions options)
    {
        var deflater = parameters.CreateDeflater(isServer: !connection.Masks, options.CompressionLevel);
        using (Enter())
            _deflater = new MessageDeflater(deflater, options.MinimumLength, connection.Options.PingAfterIdle, connection.Heartbeat);
    }

    /// <summary>
    /// Queues a message that consists of two parts. Both are copied or written before the method returns. If the message does not fit, the connection ends.
    /// </summary>
    /// <returns>False if the message was not queued.</returns>
    public bool Send(Opcode opcode, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        using (Enter())
        {
            var status = Queue(opcode, head, body);
            if (status == SendStatus.Full)
                connection.OnQueueOverflow();
            return status == SendStatus.Queued;
        }
    }

    /// <summary>Queues a message if it fits. The payload is copied or written before the method returns.</summary>
    public SendStatus TrySend(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        using (Enter())
            return Queue(opcode, [], payload);
    }

    /// <summary>Queues encoded frames by reference. If they do not fit, the connection ends.</summary>
    /// <param name="frames">The buffer; retained until the frames are written.</param>
    /// <param name="start">Index of the first byte.</param>
    /// <param name="length">Number of bytes.</param>
    /// <param name="messages">Number of messages in the frames.</param>
    /// <param name="counted">Whether the frames count towards the bounds.</param>
    /// <returns>False if the frames were not queued.</returns>
    public bool Send(FrameBuffer frames, int start, int length, int messages, bool counted)
    {
        using (Enter())
        {
            // Uncounted frames have no other bound: a peer that requests more of them before it has read the first ones gets counted frames.
            counted |= _frames.HasUncounted;
            if (_sealed)
                return false;
            if (counted && !TryCount(length, messages))
            {
                if (!_sealed)
                    connection.OnQueueOverflow();
                return false;
            }

            _frames.Append(frames, start, length, messages, counted);
            _uncountedBytes += counted ? 0 : length;
            ScheduleWithinBounds();
            return true;
        }
    }

    /// <summary>Queues a ping or pong. It is sent before a backlog, and replaces a waiting frame of its kind there (RFC 6455, section 5.5.3).</summary>
    public void SendControl(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        using (Enter())
        {
            if (_sealed)
                return;
            _frames.AppendControl(Form(opcode), payload);
            // Pongs have no other bound, and the batch does not end while the peer sends continuously.
            _uncountedBytes += FrameWriter.FrameLength(payload.Length, connection.Masks);
            ScheduleWithinBounds();
        }
    }

    /// <summary>Queues a close frame as the last frame, unless one is queued already.</summary>
    public void SendClose(CloseStatus status, string reason)
    {
        Span<byte> payload = stackalloc byte[FrameHeader.MaxControlPayload];
        SendClose(payload[..ClosePayload.Write(payload, status, reason)]);
    }

    /// <inheritdoc cref="SendClose(CloseStatus, string)"/>
    public void SendClose(ReadOnlySpan<byte> payload)
    {
        using (Enter())
        {
            if (_sealed)
                return;
            _frames.Append(Form(Opcode.Close), payload, [], FrameWriter.FrameLength(payload.Length, connection.Masks), counted: false);
            _sealed = true;
            Schedule();
        }
    }

    /// <summary>Queues the bytes of the opening handshake.</summary>
    public void SendRaw(ReadOnlySpan<byte> bytes)
    {
        using (Enter())
        {
            if (_sealed)
                return;
            _frames.AppendRaw(bytes);
            Schedule();
        }
    }

    /// <summary>Accepts no more data, and sets the action when all queued data has been written. A later call cannot set a weaker action.</summary>
    public void FinishWith(Finish finish)
    {
        using (Enter())
        {
            _sealed = true;
            if (finish > _finish)
                _finish = finish;
            Schedule();
        }
    }

    /// <summary>Drops all data and accepts no more. Called when the transport is closed or about to be closed.</summary>
    /// <returns>Whether the socket was full, so that waiting data was dropped.</returns>
    public bool Release()
    {
        using (Enter())
        {
            var wasBlocked = _frames.IsBlocked;
            Drop();
            return wasBlocked;
        }
    }

    /// <summary>Writes the backlog when the socket has room again.</summary>
    public void OnWritable()
    {
        using (Enter())
        {
            if (_released || !_frames.IsBlocked)
                return;
            Write();
            if (_frames.IsBlocked || _sealed)
                return;
        }

        connection.OnDrained();
    }

    /// <summary>Releases the compressor and its context if it is idle.</summary>
    public void ReleaseIdleCompressor(long now)
    {
        if (_deflater is not { HasContext: true })
            return;
        using (Enter())
            _deflater?.ResetIfIdle(now);
    }

    /// <inheritdoc/>
    public void Flush()
    {
        if (connection.Transport.TryHandOver(this))
            return;
        using (Enter())
        {
            _scheduled = false;
            if (!_released && !_frames.IsBlocked)
                Write();
        }
    }

    private FrameForm Form(Opcode opcode) => new(opcode, connection.Masks);

    /// <summary>Writes at the end of the batch, or at once if the uncounted bytes or the ranges exceed their limits.</summary>
    private void ScheduleWithinBounds()
    {
        if (!_frames.IsBlocked && !_released && (_uncountedBytes > MaxUncountedBytes || _frames.Ranges > MaxRanges))
            Write();
        else
            Schedule();
    }

    /// <summary>Writes at the end of this thread's batch, or at once if there is none.</summary>
    private void Schedule()
    {
        if (_scheduled || _frames.IsBlocked || _released)
            return;
        if (FlushBatch.TryAdd(this))
            _scheduled = true;
        else
            Write();
    }

    private SendStatus Queue(Opcode opcode, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        if (_sealed)
            return SendStatus.Closed;
        if (_deflater is null || !_deflater.TryDeflate(head, body, out var deflated))
            return Queue(Form(opcode), head, body);
        using (deflated)
        {
            var status = Queue(Form(opcode) with { Compressed = true }, [], deflated.Bytes);
            // The compressor's context contains a message that the peer will not receive. The compressor is null if the attempt found the transport closed.
            if (status != SendStatus.Queued)
                _deflater?.Reset();
            return status;
        }
    }

    private SendStatus Queue(FrameForm form, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        var length = FrameWriter.FrameLength(head.Length + body.Length, form.Masked);
        if (!TryCount(length, 1))
            return _sealed ? SendStatus.Closed : SendStatus.Full;
        var atOnce = length >= MinLengthToWriteAtOnce && !_frames.IsBlocked;
        if (atOnce && _frames.CanWriteThrough(form, head))
        {
            Conclude(_frames.WriteThrough(connection.Transport, form, head, body, length));
            return SendStatus.Queued;
        }

        _frames.Append(form, head, body, length, counted: true);
        if (atOnce)
            Write();
        else
            ScheduleWithinBounds();
        return SendStatus.Queued;
    }

    /// <summary>Counts data that is about to be queued, if it is within the bounds.</summary>
    private bool TryCount(int length, int messages)
    {
        if (_sealed || !(_frames.Fits(length, messages) || (!_frames.IsBlocked && FitsAfterWrite(length, messages))))
            return false;
        _frames.Count(length, messages);
        return true;
    }

    /// <summary>Writes the data that waits for the end of the batch: only data that the socket does not accept shows that the peer is slow.</summary>
    private bool FitsAfterWrite(int length, int messages)
    {
        Write();
        return !_sealed && (!_frames.IsBlocked || _frames.Fits(length, messages));
    }

    private void Write()
    {
        _uncountedBytes = 0;
        Conclude(_frames.Write(connection.Transport));
    }

    private void Conclude(WriteResult result)
    {
        switch (result)
        {
            case WriteResult.Drained:
                OnDrained();
                break;
            case WriteResult.Failed:
                // The transport does not detect this by itself if it waits for nothing. Closing it looks like a close by this side, so the cause is recorded first.
                Drop();
                connection.OnSendFailed();
                connection.Transport.Close();
                break;
        }
    }

    private void OnDrained()
    {
        switch (_finish)
        {
            case Finish.Shutdown:
                connection.Transport.ShutdownSend();
                break;
            case Finish.Close:
                connection.Transport.Close();
                break;
        }
    }

    private void Drop()
    {
        _sealed = true;
        _released = true;
        _frames.Release();
        _deflater?.Reset();
        _deflater = null;
    }
}
