
namespace TPacket.Transports.Streams;

/// <summary>
/// The writing side of a <see cref="StreamConnection"/>: takes copies into a bounded buffer, which one write after the other empties. While nothing waits there is no buffer.
/// </summary>
/// <remarks>Whoever finds the sender idle writes, on its own stack where the stream takes it at once; what comes meanwhile waits for the end of that write and goes with the next.</remarks>
/// <param name="stream">The stream.</param>
/// <param name="connection">Told of what comes of it.</param>
/// <param name="isOpen">Whether the stream takes bytes already; otherwise nothing is taken before <see cref="Open"/>.</param>
internal sealed class StreamSender(Stream stream, StreamConnection connection, bool isOpen)
{
    /// <summary>How many bytes wait at most.</summary>
    public const int Capacity = 64 * 1024;

    private readonly Lock _gate = new();
    private byte[]? _buffer;
    private int _start;
    private int _end;

    // Before the stream is open, as if somebody wrote.
    private bool _busy = !isOpen;
    private bool _open = isOpen;
    private bool _sealed;
    private bool _abandoned;
    private bool _awaitsWritable;
    private bool _owesShutdown;
    private TaskCompletionSource? _idle;

    /// <summary>The stream takes bytes from now on; who has waited for that is told.</summary>
    public void Open()
    {
        lock (_gate)
            _open = true;
        _ = WriteAllAsync();
    }

    /// <inheritdoc cref="TransportConnection.TrySend(ReadOnlySpan{byte})"/>
    public int TrySend(ReadOnlySpan<byte> bytes)
    {
        var taken = 0;
        while (true)
        {
            lock (_gate)
            {
                if (_sealed)
                    return -1;
                if (!_open)
                    return 0;
                taken += Append(bytes[taken..]);
                if (_busy || _start == _end)
                    return taken;
                _busy = true;
            }

            if (!WriteAllAsync().IsCompleted)
                return taken;
        }
    }

    /// <inheritdoc cref="TransportConnection.SendWhenWritable"/>
    public void AwaitWritable()
    {
        lock (_gate)
        {
            if (_busy)
            {
                _awaitsWritable = true;
                return;
            }
        }

        // Room has come meanwhile. The caller does not expect to be told on its own stack.
        ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.TellWritable(), connection, preferLocal: false);
    }

    /// <summary>Takes nothing more, and tells the peer so after what was taken.</summary>
    public void Shutdown()
    {
        lock (_gate)
        {
            if (_sealed)
                return;
            _sealed = true;
            _owesShutdown = true;
            if (_busy)
                return;
            _busy = true;
        }

        _ = WriteAllAsync();
    }

    /// <summary>Shuts down and waits until all is written, or nothing more can be.</summary>
    public Task FinishAsync()
    {
        Shutdown();
        lock (_gate)
        {
            if (!_busy || !_open)
                return Task.CompletedTask;
            return (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Takes nothing more; what waits is dropped. A write that is under way gives the buffer back at its end.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _sealed = true;
            _abandoned = true;
            _owesShutdown = false;
            if (!_busy || !_open)
                Release();
        }
    }

    /// <summary>Writes until nothing waits. Called by the one who has made the sender busy.</summary>
    private async Task WriteAllAsync()
    {
        try
        {
            while (TryTakeNext(out var next, out var shutdown))
            {
                if (shutdown)
                {
                    await connection.ShutdownAsync().ConfigureAwait(false);
                }
                else
                {
                    await stream.WriteAsync(next).ConfigureAwait(false);
                    await stream.FlushAsync().ConfigureAwait(false);
                    Advance(next.Length);
                }
            }
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    /// <summary>What is to be written next, or else the sender is idle.</summary>
    private bool TryTakeNext(out ReadOnlyMemory<byte> next, out bool shutdown)
    {
        bool tellsWritable;
        lock (_gate)
        {
            next = _buffer.AsMemory(_start, _end - _start);
            shutdown = next.IsEmpty && _owesShutdown;
            if (!next.IsEmpty || shutdown)
            {
                _owesShutdown &= !shutdown;
                return true;
            }

            Release();
            _busy = false;
            // Also behind a shutdown: whoever has asked learns that the wait is over.
            tellsWritable = _awaitsWritable && !_abandoned;
            _awaitsWritable = false;
            _idle?.TrySetResult();
        }

        if (tellsWritable)
            connection.TellWritable();
        return false;
    }

    private void Advance(int written)
    {
        lock (_gate)
        {
            _start += written;
            if (_start < _end)
                _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
    }

    private int Append(ReadOnlySpan<byte> bytes)
    {
        var taken = Math.Min(bytes.Length, Capacity - _end);
        if (taken == 0)
            return 0;
        _buffer ??= BufferPool.Rent(Capacity);
        bytes[..taken].CopyTo(_buffer.AsSpan(_end));
        _end += taken;
        return taken;
    }

    private void Fail(Exception error)
    {
        // First: who finds that nothing is taken any more may go on to read, and what a system tells to a write it does not tell to a read.
        connection.Fail(error);
        lock (_gate)
        {
            _sealed = true;
            _busy = false;
            Release();
            _idle?.TrySetResult();
        }
    }

    private void Release()
    {
        if (_buffer is not null)
            BufferPool.Return(_buffer);
        _buffer = null;
        (_start, _end) = (0, 0);
    }
}
