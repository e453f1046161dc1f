using System.Threading.Tasks.Sources;
using TPacket.Transports.Buffers;

namespace TPacket.Transports.Streams;

/// <summary>
/// The reading side of a <see cref="TransportStream"/>. It copies pushed input to the pending read and stores the rest in a rented buffer. If more than <see cref="MaxKeptBytes"/> are stored, it
/// pauses the connection until at most half of that is left.
/// </summary>
internal sealed class StreamInput(TransportConnection connection, StreamOutput output, StreamTurn? turn) : TransportHandler, IValueTaskSource<int>
{
    /// <summary>The number of stored bytes above which the connection is paused. One push may exceed it.</summary>
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

    /// <summary>Whether a read continues on the thread pool instead of the thread that pushes. Set only while no read is pending.</summary>
    public bool ContinuesElsewhere
    {
        get => _read.RunContinuationsAsynchronously;
        set => _read.RunContinuationsAsynchronously = value;
    }

    /// <summary>The callback for the end of the connection. It receives the error, or null.</summary>
    public Action<Exception?>? Closed { get; set; }

    /// <summary>Whether the connection has ended.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>The error that ended the connection; null after <see cref="TransportConnection.Close"/> and while the connection is open.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Whether a read with a buffer has returned the end of the stream.</summary>
    public bool EndWasRead { get; private set; }

    /// <summary>Returns the first stored byte, or null if there is none.</summary>
    public byte? Peek()
    {
        lock (_gate)
            return _keptStart < _keptEnd ? _kept![_keptStart] : null;
    }

    /// <summary>Reads stored input or waits for input. With an empty buffer, waits until input is available.</summary>
    /// <exception cref="InvalidOperationException">Another read is pending.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_reading)
                throw new InvalidOperationException("Another read is pending.");
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
            // Registered under the lock, so that a read that ends at once finds its registration. A token that is already cancelled ends the read here.
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

    /// <summary>Ends a pending read and returns the buffer.</summary>
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

    /// <summary>Completes the pending read, whose continuation runs on this stack unless <see cref="ContinuesElsewhere"/>. Called outside the lock.</summary>
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
