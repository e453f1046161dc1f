using System.Threading.Tasks.Sources;

namespace TPacket.Transports.Streams;

/// <summary>
/// The reading side of a <see cref="TransportStream"/>: gives what is pushed to the read that waits, and keeps the rest in a rented buffer. When more than <see cref="MaxKeptBytes"/>
/// wait, the connection is paused until half of that has been read.
/// </summary>
internal sealed class StreamInput(TransportConnection connection, StreamOutput output, StreamTurn? turn) : TransportHandler, IValueTaskSource<int>
{
    /// <summary>How many bytes wait at most, but for what comes with one push.</summary>
    public const int MaxKeptBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<int> _read;
    private CancellationTokenRegistration _cancellation;
    private Memory<byte> _buffer;
    private bool _reading;
    private byte[]? _kept;
    private int _keptStart;
    private int _keptEnd;
    private bool _paused;
    private bool _ended;
    private bool _disposed;
    private Exception? _closed;

    /// <summary>Whether reads continue on the thread pool, and not on the thread that pushes. Set while no read waits.</summary>
    public bool ContinuesElsewhere
    {
        get => _read.RunContinuationsAsynchronously;
        set => _read.RunContinuationsAsynchronously = value;
    }

    /// <summary>Called when the connection is gone, with what ended it.</summary>
    public Action<Exception?>? Closed { get; set; }

    /// <summary>Whether the connection is gone.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>What ended the connection, or null when nothing or <see cref="TransportConnection.Close"/> did.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Whether a read that had room for bytes was told of the end.</summary>
    public bool EndWasRead { get; private set; }

    /// <summary>The first byte that waits, or null when none does.</summary>
    public byte? Peek()
    {
        lock (_gate)
            return _keptStart < _keptEnd ? _kept![_keptStart] : null;
    }

    /// <summary>Reads what has arrived, or waits for it; with an empty buffer, waits until there is something to read.</summary>
    /// <exception cref="InvalidOperationException">Another read waits.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_reading)
                throw new InvalidOperationException("A read waits already.");
            if (_keptStart < _keptEnd)
                return new ValueTask<int>(Take(buffer.Span));
            if (_closed is not null)
                return ValueTask.FromException<int>(_closed);
            if (_ended)
            {
                EndWasRead |= !buffer.IsEmpty;
                return new ValueTask<int>(0);
            }

            _read.Reset();
            _buffer = buffer;
            _reading = true;
            // Under the lock, so that a read that ends at once finds its registration. A token that is cancelled already ends the read here.
            if (cancellationToken.CanBeCanceled)
                _cancellation = cancellationToken.UnsafeRegister(static (input, token) => ((StreamInput)input!).Cancel(token), this);
            return new ValueTask<int>(this, _read.Version);
        }
    }

    public override void OnReceived(Span<byte> bytes)
    {
        int taken;
        lock (_gate)
        {
            if (_disposed)
                return;
            taken = _reading ? Math.Min(bytes.Length, _buffer.Length) : 0;
            bytes[..taken].CopyTo(_buffer.Span);
            if (taken < bytes.Length)
                Keep(bytes[taken..]);
            if (!TryEndRead())
                return;
        }

        Continue(taken);
    }

    public override void OnEndOfInput()
    {
        lock (_gate)
        {
            _ended = true;
            EndWasRead |= _reading && !_buffer.IsEmpty;
            if (!TryEndRead())
                return;
        }

        Continue(0);
    }

    public override void OnWritable() => output.OnWritable();

    public override void OnClosed(Exception? error)
    {
        (IsClosed, Error) = (true, error);
        End(error ?? new ObjectDisposedException(nameof(TransportStream)));
        output.End(error);
        Closed?.Invoke(error);
    }

    /// <summary>Ends a read that waits, and gives what is kept back.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            Release();
        }

        End(new ObjectDisposedException(nameof(TransportStream)));
    }

    int IValueTaskSource<int>.GetResult(short token)
    {
        _cancellation.Unregister();
        return _read.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);

    private void End(Exception error)
    {
        lock (_gate)
        {
            _closed ??= error;
            if (!TryEndRead())
                return;
        }

        Continue(0, error);
    }

    private void Cancel(CancellationToken token)
    {
        lock (_gate)
        {
            if (!TryEndRead())
                return;
        }

        Continue(0, new OperationCanceledException(token));
    }

    private bool TryEndRead()
    {
        if (!_reading)
            return false;
        _reading = false;
        _buffer = default;
        return true;
    }

    /// <summary>Goes on with what has waited, on this stack, unless that is to be elsewhere. Outside of the lock.</summary>
    private void Continue(int result, Exception? error = null)
    {
        if (turn is null || _read.RunContinuationsAsynchronously)
        {
            Complete(result, error);
            return;
        }

        turn.Enter();
        try
        {
            Complete(result, error);
        }
        finally
        {
            turn.Exit();
        }
    }

    private void Complete(int result, Exception? error)
    {
        if (error is null)
            _read.SetResult(result);
        else
            _read.SetException(error);
    }

    private int Take(Span<byte> buffer)
    {
        var taken = Math.Min(_keptEnd - _keptStart, buffer.Length);
        _kept.AsSpan(_keptStart, taken).CopyTo(buffer);
        _keptStart += taken;
        var left = _keptEnd - _keptStart;
        if (left == 0)
            Release();
        if (_paused && left <= MaxKeptBytes / 2)
        {
            _paused = false;
            connection.ResumeReceiving();
        }

        return taken;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        var waiting = _keptEnd - _keptStart;
        var needed = waiting + bytes.Length;
        if (_kept is null || needed > _kept.Length)
        {
            var larger = BufferPool.Rent(needed);
            _kept.AsSpan(_keptStart, waiting).CopyTo(larger);
            Release();
            _kept = larger;
            _keptEnd = waiting;
        }
        else if (bytes.Length > _kept.Length - _keptEnd)
        {
            _kept.AsSpan(_keptStart, waiting).CopyTo(_kept);
            (_keptStart, _keptEnd) = (0, waiting);
        }

        bytes.CopyTo(_kept.AsSpan(_keptEnd));
        _keptEnd += bytes.Length;
        if (needed > MaxKeptBytes && !_paused)
        {
            _paused = true;
            connection.PauseReceiving();
        }
    }

    private void Release()
    {
        if (_kept is not null)
            BufferPool.Return(_kept);
        _kept = null;
        (_keptStart, _keptEnd) = (0, 0);
    }
}
