using TPacket.Transports.Buffers;

namespace TPacket.Transports.Streams;

/// <summary>
/// The writing side of a <see cref="StreamConnection"/>. It copies bytes into a bounded buffer and writes the buffer to the stream, one write at a time. It has no buffer while all bytes are written.
/// </summary>
/// <remarks>A thread that finds the sender idle writes, on its own stack if the stream completes the write at once. Bytes that are added meanwhile leave with the next write.</remarks>
/// <param name="stream">The stream.</param>
/// <param name="connection">The connection, which the sender notifies of failures and of room for more bytes.</param>
/// <param name="isOpen">Whether the stream is open. Otherwise no bytes are accepted before <see cref="Open"/>.</param>
internal sealed class StreamSender(Stream stream, StreamConnection connection, bool isOpen)
{
    /// <summary>The size of the buffer in bytes.</summary>
    public const int Capacity = 64 * 1024;

    private readonly Lock _gate = new();
    private byte[]? _buffer;
    private int _start;
    private int _end;

    // Set during a write, and before the stream is open.
    private bool _busy = !isOpen;
    private bool _open = isOpen;
    private bool _sealed;
    private bool _abandoned;
    private bool _awaitsWritable;
    private bool _owesShutdown;
    private TaskCompletionSource? _idle;

    /// <summary>Opens the sender. Notifies the handler if <see cref="AwaitWritable"/> was called before.</summary>
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

        // The buffer is empty by now. The caller does not expect a notification on its own stack.
        ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.NotifyWritable(), connection, preferLocal: false);
    }

    /// <summary>Accepts no more bytes, and shuts down the stream after the accepted bytes.</summary>
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

    /// <summary>Shuts down and waits until all bytes are written or writing has failed.</summary>
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

    /// <summary>Accepts no more bytes and drops unwritten bytes. A pending write returns the buffer when it ends.</summary>
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

    /// <summary>Writes until the buffer is empty. Called by the thread that has set <see cref="_busy"/>.</summary>
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

    /// <summary>Returns the next bytes or the shutdown to write. If there is neither, makes the sender idle.</summary>
    private bool TryTakeNext(out ReadOnlyMemory<byte> next, out bool shutdown)
    {
        bool notifiesWritable;
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
            // The handler is notified after a shutdown as well, so that its wait ends.
            notifiesWritable = _awaitsWritable && !_abandoned;
            _awaitsWritable = false;
            _idle?.TrySetResult();
        }

        if (notifiesWritable)
            connection.NotifyWritable();
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
        // Before _sealed: a thread that finds the sender sealed may read next, and the system reports the error of a write only once.
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
