using TPacket.Transports;
using TPacket.WebSockets.Compression;
using TPacket.WebSockets.Framing;

namespace TPacket.WebSockets.Connection;

/// <summary>
/// The only writer of a connection: says what may be queued and when it is written. Bounded in bytes and messages; writes at the end of the batch that its thread handles, or leaves that to the
/// connection's event loop; large messages, and where there is no batch, at once. Thread-safe; <see cref="Enter"/> lets the connection do two things to it as one.
/// </summary>
internal sealed class OutboundQueue(WebSocketConnection connection) : IFlushable
{
    // Most bytes beyond the bounds that wait for the end of a batch: pongs, and what a newcomer gets.
    private const int MaxUncountedBytes = 16 * 1024;

    // Each may hold a buffer of its own.
    private const int MaxRuns = 32;

    // From here on, what waiting for the end of the batch saves is less than what copying and holding so many bytes costs.
    private const int WriteAtOnceAbove = 4096;

    private BiasedLock _lock;
    private OutboundFrames _frames = new(connection.Options);
    private MessageDeflater? _deflater;
    private int _uncountedBytes;
    private bool _scheduled;
    private bool _sealed;
    private bool _released;
    private Finish _finish;

    /// <summary>What happens once everything is sent.</summary>
    public enum Finish
    {
        /// <summary>Nothing: more may follow, or the peer ends the connection.</summary>
        None,

        /// <summary>The peer is told that nothing follows; its own end is awaited.</summary>
        Shutdown,

        /// <summary>The connection is released.</summary>
        Close,
    }

    /// <summary>Whether something waits for the transport to take bytes again.</summary>
    public bool IsBlocked
    {
        get
        {
            using (Enter())
                return _frames.IsBlocked;
        }
    }

    /// <summary>The bytes that count for the bounds and wait for the transport to take bytes again; null where nothing waits. Read without the lock, which whoever looks at all connections must not take from their event loops.</summary>
    public int? BacklogBytes => _frames.IsBlocked ? Math.Max(0, connection.Options.OutboundQueueBytes - _frames.BytesLeft) : null;

    /// <summary>Enters the queue's lock, for what has to be done to the queue as one.</summary>
    public BiasedLock.Scope Enter() => _lock.Enter(this);

    /// <summary>Compresses messages from here on.</summary>
    public void Compress(MessageDeflater deflater)
    {
        using (Enter())
            _deflater = deflater;
    }

    /// <summary>Queues one message, whose memory is the caller's again; a queue that has no room for it is condemned.</summary>
    /// <returns>False when the queue takes nothing more.</returns>
    public bool Send(Opcode opcode, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        using (Enter())
        {
            var status = Queue(opcode, head, body);
            if (status == SendStatus.Full)
                connection.OnCondemned();
            return status == SendStatus.Queued;
        }
    }

    /// <summary>Queues one message, whose memory is the caller's again, if there is room for it.</summary>
    public SendStatus TrySend(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        using (Enter())
            return Queue(opcode, [], payload);
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
        using (Enter())
        {
            // What does not count is as large as it is, once: a peer that asks for it again before it has read it pays for it.
            counted |= _frames.OwesUncounted;
            if (_sealed)
                return false;
            if (counted && !TryCount(length, messages))
            {
                if (!_sealed)
                    connection.OnCondemned();
                return false;
            }

            _frames.Append(frames, start, length, messages, counted);
            _uncountedBytes += counted ? 0 : length;
            ScheduleWithinBounds();
            return true;
        }
    }

    /// <summary>Queues a ping or pong. It overtakes a backlog; of several of a kind that wait, the last one counts (RFC 6455, section 5.5.3).</summary>
    public void SendControl(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        using (Enter())
        {
            if (_sealed)
                return;
            _frames.AppendControl(Form(opcode), payload);
            // What a peer's pings bring about has no other bound, and a peer that never pauses never lets its batch end.
            _uncountedBytes += FrameWriter.FrameLength(payload.Length, connection.Masks);
            ScheduleWithinBounds();
        }
    }

    /// <summary>Queues a close frame as the last one; nothing is taken after it.</summary>
    /// <returns>False when the queue was closed before.</returns>
    public bool SendClose(ReadOnlySpan<byte> payload)
    {
        using (Enter())
        {
            if (_sealed)
                return false;
            _frames.Append(Form(Opcode.Close), payload, [], FrameWriter.FrameLength(payload.Length, connection.Masks), counted: false);
            _sealed = true;
            Schedule();
            return true;
        }
    }

    /// <summary>Queues bytes that are no frame: the handshake's.</summary>
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

    /// <summary>Says what happens once everything is sent; a stronger end replaces a weaker one.</summary>
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

    /// <summary>Drops everything. Called when the transport is gone, or is to be.</summary>
    /// <returns>Whether the peer has left something unread that was dropped.</returns>
    public bool Release()
    {
        using (Enter())
        {
            var wasBlocked = _frames.IsBlocked;
            Drop();
            return wasBlocked;
        }
    }

    /// <summary>The socket takes bytes again.</summary>
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

    /// <summary>Gives back what the compressor remembers, if it has not been used for a time.</summary>
    public void ForgetWhenIdle(long now)
    {
        if (_deflater is not { Remembers: true })
            return;
        using (Enter())
            _deflater?.ForgetWhenIdle(now);
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

    /// <summary>Writes at the end of the batch, or before it when what waits for that takes more memory than its bytes are worth.</summary>
    private void ScheduleWithinBounds()
    {
        if (!_frames.IsBlocked && !_released && (_uncountedBytes > MaxUncountedBytes || _frames.Runs > MaxRuns))
            Write();
        else
            Schedule();
    }

    /// <summary>Writes at the end of this thread's batch, or at once where there is none.</summary>
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
            // What the compressor remembers, the peer will not see.
            if (status != SendStatus.Queued)
                _deflater?.Forget(); // None when the attempt has found the peer gone.
            return status;
        }
    }

    private SendStatus Queue(FrameForm form, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        var length = FrameWriter.FrameLength(head.Length + body.Length, form.Masked);
        if (!TryCount(length, 1))
            return _sealed ? SendStatus.Closed : SendStatus.Full;
        var atOnce = length >= WriteAtOnceAbove && !_frames.IsBlocked;
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

    /// <summary>Counts so much more, if it may be queued.</summary>
    private bool TryCount(int length, int messages)
    {
        // What waits for the end of the batch does not wait for the peer: it is written before the peer is judged.
        if (_sealed || !(_frames.Fits(length, messages) || (!_frames.IsBlocked && WriteBeforeJudgement(length, messages))))
            return false;
        _frames.Count(length, messages);
        return true;
    }

    private bool WriteBeforeJudgement(int length, int messages)
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
                // A transport that waits for nothing more would not find out by itself; after the release, its end looks like one from this side.
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
        _deflater?.Forget();
        _deflater = null;
    }
}
