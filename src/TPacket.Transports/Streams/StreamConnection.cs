using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using TPacket.Transports.Buffers;
using TPacket.Transports.Loops;
using TPacket.Transports.Sockets;
using TPacket.Transports.Streams;

namespace TPacket.Transports;

/// <summary>
/// A connection over a <see cref="Stream"/> that supports concurrent reads and writes. While it waits for input, it holds no buffer if the stream waits in a read with an empty buffer, as streams of
/// sockets and TLS do. Accepted bytes are copied into a buffer of 64 KiB, which exists while bytes are unwritten.
/// </summary>
/// <remarks>
/// The handler runs on the threads that complete the stream's reads and writes. After <see cref="Close"/> the connection still writes accepted bytes for at most <see cref="Linger"/>, and it notifies
/// the handler without waiting for these writes.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The end disposes of the stream. The token source has neither timer nor handle.")]
public class StreamConnection : TransportConnection
{
    // The runtime's TLS never returns more bytes from one read.
    private const int ReadBufferLength = 32 * 1024;

    private readonly Stream _stream;
    private readonly StreamSender _sender;
    private readonly PauseGate _pause = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _timeProvider;
    private readonly EndPoint? _local;
    private readonly EndPoint? _remote;
    private readonly bool _opensFirst;
    private ReferenceCount _references = new();
    private TransportHandler? _handler;
    private int _pendingWritables;
    private bool _closing;
    private bool _aborted;
    private bool _ended;
    private bool _inputEnded;
    private Exception? _end;
    private Exception? _fault;

    /// <summary>Creates a connection that owns a stream and disposes of it at the end.</summary>
    /// <param name="stream">The stream. No other code may read from it or write to it.</param>
    /// <param name="localEndPoint">The local address, or null.</param>
    /// <param name="remoteEndPoint">The peer's address, or null.</param>
    /// <param name="timeProvider">The clock for <see cref="Linger"/>; null for the system's clock.</param>
    public StreamConnection(Stream stream, EndPoint? localEndPoint = null, EndPoint? remoteEndPoint = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        _sender = new StreamSender(stream, this, isOpen: true);
        _local = localEndPoint;
        _remote = remoteEndPoint;
        _timeProvider = timeProvider ?? TimeProvider.System;
    }

    /// <summary>Creates a connection that owns a stream and accepts no bytes before <see cref="OpenAsync"/> has completed.</summary>
    private protected StreamConnection(Stream stream, TimeProvider? timeProvider)
    {
        _stream = stream;
        _sender = new StreamSender(stream, this, isOpen: false);
        _timeProvider = timeProvider ?? TimeProvider.System;
        _opensFirst = true;
    }

    /// <summary>The longest time for which accepted bytes are still written after <see cref="Close"/>. Default: 5 seconds.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public override EndPoint? LocalEndPoint => HasEnded ? null : _local;

    /// <inheritdoc/>
    public override EndPoint? RemoteEndPoint => _remote;

    /// <inheritdoc/>
    public override void Start(TransportHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _handler = handler;
        ThreadPool.UnsafeQueueUserWorkItem(static connection => _ = connection.RunAsync(), this, preferLocal: false);
    }

    /// <inheritdoc/>
    public override int TrySend(ReadOnlySpan<byte> bytes) => _sender.TrySend(bytes);

    /// <inheritdoc/>
    public override int SendWhenWritable(ReadOnlySpan<byte> bytes)
    {
        // After the end, no notification follows.
        if (!HasEnded)
            _sender.AwaitWritable();
        return 0;
    }

    /// <inheritdoc/>
    public override void PauseReceiving() => _pause.Shut();

    /// <inheritdoc/>
    public override void ResumeReceiving() => _pause.Open();

    /// <inheritdoc/>
    /// <remarks>A TLS stream sends its close_notify (RFC 8446, section 6.1). A stream that is neither TLS nor a socket's does nothing before its disposal.</remarks>
    public override void ShutdownSend() => _sender.Shutdown();

    /// <inheritdoc/>
    public override void Close()
    {
        if (Interlocked.Exchange(ref _closing, true))
            return;
        // The reading loop ends on its own stack.
        ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Stop(), this, preferLocal: false);
    }

    /// <inheritdoc/>
    /// <remarks>Also ends the writes that continue after <see cref="Close"/>.</remarks>
    public override void Abort()
    {
        Volatile.Write(ref _aborted, true);
        if (Interlocked.Exchange(ref _closing, true))
            ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Release(), this, preferLocal: false);
        else
            ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Stop(), this, preferLocal: false);
    }

    /// <summary>Whether the handler was notified of the end or is being notified.</summary>
    private protected bool HasEnded => Volatile.Read(ref _ended);

    /// <summary>Whether the handler will receive further input.</summary>
    private protected bool IsReading => !_pause.Holds && !Volatile.Read(ref _inputEnded) && !IsStopping;

    /// <summary>Shuts down the sending side of the stream, if the stream supports that. Called once, while no write is in progress.</summary>
    protected virtual async ValueTask ShutdownStreamAsync()
    {
        switch (_stream)
        {
            case SslStream tls:
                await tls.ShutdownAsync().ConfigureAwait(false);
                break;
            case NetworkStream network:
                network.Socket.Shutdown(SocketShutdown.Send);
                break;
            case TransportStream transport:
                transport.ShutdownSend();
                break;
        }
    }

    /// <summary>Resets the connection below the stream, if the stream supports that. <see cref="ReleaseStream"/> follows. May be called more than once.</summary>
    protected virtual void ResetStream()
    {
        switch (_stream)
        {
            case NetworkStream network:
                network.Socket.LingerState = new LingerOption(true, 0);
                break;
            case TransportStream transport:
                transport.Abort();
                break;
        }
    }

    /// <summary>Disposes of the stream. May be called more than once.</summary>
    protected virtual void ReleaseStream() => _stream.Dispose();

    /// <summary>Shuts down the sending side of the stream. Called by the sender.</summary>
    internal ValueTask ShutdownAsync() => ShutdownStreamAsync();

    /// <summary>Notifies the handler that more bytes can be sent.</summary>
    internal void NotifyWritable()
    {
        // After Close, the handler is notified only of the end.
        if (Volatile.Read(ref _closing))
            return;
        // A thread that is notifying the handler does so once more: the handler may be about to return.
        if (Interlocked.Increment(ref _pendingWritables) > 1 || !_references.TryAdd())
            return;
        do
        {
            try
            {
                _handler?.OnWritable();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Fail(e);
            }
        }
        while (Interlocked.Decrement(ref _pendingWritables) > 0);
        Leave();
    }

    /// <summary>Ends the connection with an error from outside the reading loop. The reading loop notifies the handler.</summary>
    internal void Fail(Exception error)
    {
        // Errors after Close are expected.
        if (Volatile.Read(ref _closing) || Interlocked.CompareExchange(ref _fault, Explain(error) ?? error, null) is not null)
            return;
        // Not on this stack, which may hold locks that handlers need.
        ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Stop(), this, preferLocal: false);
    }

    /// <summary>Opens the stream before the first read and write.</summary>
    private protected virtual ValueTask OpenAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Begins a read.</summary>
    private protected virtual ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _stream.ReadAsync(buffer, cancellationToken);

    /// <summary>Validates the end of the stream.</summary>
    /// <exception cref="EndOfStreamException">The end is not orderly.</exception>
    private protected virtual void CheckEndOfInput()
    {
    }

    /// <summary>Returns the exception to report for an exception of the stream: its cause, or null if the connection below was closed from this side.</summary>
    private protected virtual Exception? Explain(Exception error) => error;

    private async Task RunAsync()
    {
        Exception? error = null;
        try
        {
            if (_opensFirst)
            {
                await OpenAsync(_stop.Token).ConfigureAwait(false);
                _sender.Open();
            }

            await ReceiveAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Explain runs before the release, which would replace the cause.
            error = IsStopping ? null : Explain(e);
        }

        End(error);
    }

    private bool IsStopping => Volatile.Read(ref _closing) || Volatile.Read(ref _fault) is not null;

    private async Task ReceiveAsync()
    {
        while (!IsStopping)
        {
            // Waits for input without a buffer.
            await ReadAsync(Memory<byte>.Empty, _stop.Token).ConfigureAwait(false);
            var buffer = BufferPool.Rent(ReadBufferLength);
            try
            {
                var received = await ReadAsync(buffer, _stop.Token).ConfigureAwait(false);
                if (received == 0)
                    break;
                if (!IsStopping)
                    Deliver(buffer.AsSpan(0, received));
            }
            finally
            {
                BufferPool.Return(buffer);
            }

            await _pause.WaitAsync().ConfigureAwait(false);
        }

        Volatile.Write(ref _inputEnded, true);
        if (!IsStopping)
        {
            CheckEndOfInput();
            Deliver([]);
        }

        // The handler may call ResumeReceiving without a pause.
        while (!IsStopping)
        {
            _pause.Shut();
            await _pause.WaitAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Delivers input, or its end, in its own batch or in the open batch of the thread that pushes.</summary>
    private void Deliver(Span<byte> bytes)
    {
        var batch = FlushBatch.Enter();
        try
        {
            if (bytes.IsEmpty)
                _handler!.OnEndOfInput();
            else
                _handler!.OnReceived(bytes);
        }
        finally
        {
            batch.Exit();
        }
    }

    /// <summary>Ends the reading loop and pending writes. Runs on its own stack.</summary>
    private void Stop()
    {
        if (Volatile.Read(ref _fault) is null && !Volatile.Read(ref _aborted))
            _ = FinishAsync();
        else
            Release();
        _pause.Remove();
        // The reading loop ends even while accepted bytes are still being written. CancelAsync does not run the callbacks of a foreign stream on this stack.
        _ = _stop.CancelAsync();
    }

    /// <summary>Ends the reading loop.</summary>
    private void End(Exception? error)
    {
        if (!IsStopping)
            Release();
        _end = Volatile.Read(ref _fault) ?? error;
        Leave();
    }

    /// <summary>Unregisters the reading loop or a notification. The last of them notifies the handler of the end, so that no other call follows.</summary>
    private void Leave()
    {
        if (!_references.Release())
            return;
        Volatile.Write(ref _ended, true);
        _handler!.OnClosed(_end);
    }

    /// <summary>Writes the accepted bytes for at most <see cref="Linger"/>.</summary>
    private async Task FinishAsync()
    {
        try
        {
            await _sender.FinishAsync().WaitAsync(Linger, _timeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The peer does not read, so the connection and the system drop the remaining bytes.
            Volatile.Write(ref _aborted, true);
        }

        Release();
    }

    private void Release()
    {
        _sender.Abandon();
        if (Volatile.Read(ref _aborted))
            TryRelease(static connection => connection.ResetStream());
        TryRelease(static connection => connection.ReleaseStream());
    }

    private void TryRelease(Action<StreamConnection> release)
    {
        try
        {
            release(this);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The peer has disconnected, or a foreign stream has failed. The connection has ended in any case.
        }
    }
}
