using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using TPacket.Transports.Sockets;
using TPacket.Transports.Streams;

namespace TPacket.Transports;

/// <summary>
/// A connection over a <see cref="Stream"/> that reads and writes at the same time. While it waits for input it holds no buffer, if the stream waits in an empty read as sockets and TLS do.
/// What it takes is copied into a buffer of 64 KiB, which exists while something is unwritten.
/// </summary>
/// <remarks>
/// Handlers are called on the threads that complete the stream's reads and writes. <see cref="Close"/> still writes what was taken, for at most <see cref="Linger"/>, and tells the
/// handler without waiting for that.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The end disposes of the stream; the source of the token has no timer and no handle.")]
public class StreamConnection : TransportConnection
{
    // What the runtime's TLS decrypts at once is not more.
    private const int ReadBufferLength = 32 * 1024;

    private readonly Stream _stream;
    private readonly StreamSender _sender;
    private readonly PauseGate _pause = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _timeProvider;
    private readonly EndPoint? _local;
    private readonly EndPoint? _remote;
    private readonly bool _opensFirst;
    private UseCount _users = new();
    private TransportHandler? _handler;
    private int _owedWritables;
    private bool _closing;
    private bool _aborted;
    private bool _ended;
    private bool _inputEnded;
    private Exception? _end;
    private Exception? _fault;

    /// <summary>Owns a stream and disposes of it at the end.</summary>
    /// <param name="stream">The stream; read and written by nobody else from here on.</param>
    /// <param name="localEndPoint">This side's address, where there is one.</param>
    /// <param name="remoteEndPoint">The peer's address, where there is one.</param>
    /// <param name="timeProvider">The clock for <see cref="Linger"/>; the system's where null.</param>
    public StreamConnection(Stream stream, EndPoint? localEndPoint = null, EndPoint? remoteEndPoint = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        _sender = new StreamSender(stream, this, isOpen: true);
        _local = localEndPoint;
        _remote = remoteEndPoint;
        _timeProvider = timeProvider ?? TimeProvider.System;
    }

    /// <summary>Owns a stream that takes nothing before it is opened.</summary>
    private protected StreamConnection(Stream stream, TimeProvider? timeProvider)
    {
        _stream = stream;
        _sender = new StreamSender(stream, this, isOpen: false);
        _timeProvider = timeProvider ?? TimeProvider.System;
        _opensFirst = true;
    }

    /// <summary>How long what was taken is still being written after <see cref="Close"/>, to a peer that does not read. 5 seconds by default.</summary>
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
        // After the end there is nobody left to tell.
        if (!HasEnded)
            _sender.AwaitWritable();
        return 0;
    }

    /// <inheritdoc/>
    public override void PauseReceiving() => _pause.Shut();

    /// <inheritdoc/>
    public override void ResumeReceiving() => _pause.Open();

    /// <inheritdoc/>
    /// <remarks>A TLS stream sends its close_notify (RFC 8446, section 6.1). A stream that is neither TLS nor a socket's can tell nothing before it is disposed of.</remarks>
    public override void ShutdownSend() => _sender.Shutdown();

    /// <inheritdoc/>
    public override void Close()
    {
        if (Interlocked.Exchange(ref _closing, true))
            return;
        // The reading loop ends on a stack of its own.
        ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Stop(), this, preferLocal: false);
    }

    /// <inheritdoc/>
    /// <remarks>Also ends the writing that goes on after <see cref="Close"/>.</remarks>
    public override void Abort()
    {
        Volatile.Write(ref _aborted, true);
        if (Interlocked.Exchange(ref _closing, true))
            ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Release(), this, preferLocal: false);
        else
            ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Stop(), this, preferLocal: false);
    }

    /// <summary>Whether the handler was told of the end, or is being told.</summary>
    private protected bool HasEnded => Volatile.Read(ref _ended);

    /// <summary>Whether the handler will be given what arrives.</summary>
    private protected bool IsReading => !_pause.Holds && !Volatile.Read(ref _inputEnded) && !IsStopping;

    /// <summary>Tells the peer that nothing follows, where the stream has a way to. Called once, while nothing is being written.</summary>
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

    /// <summary>Has what is below the stream dropped with a reset, where there is a way to. <see cref="ReleaseStream"/> follows. May be called more than once.</summary>
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

    /// <summary>Lets go of the stream. May be called more than once.</summary>
    protected virtual void ReleaseStream() => _stream.Dispose();

    /// <summary>Shuts down the sending side of the stream. Called by the sender.</summary>
    internal ValueTask ShutdownAsync() => ShutdownStreamAsync();

    /// <summary>Something was written that had made the handler wait.</summary>
    internal void TellWritable()
    {
        // Who has closed the connection is told of its end only.
        if (Volatile.Read(ref _closing))
            return;
        // Whoever is telling tells once more: the handler may be about to return from the last time.
        if (Interlocked.Increment(ref _owedWritables) > 1 || !_users.TryEnter())
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
        while (Interlocked.Decrement(ref _owedWritables) > 0);
        Leave();
    }

    /// <summary>Ends the connection for a reason that was found beside the reading loop, whose the end is to tell.</summary>
    internal void Fail(Exception error)
    {
        // What fails after Close was to be expected.
        if (Volatile.Read(ref _closing) || Interlocked.CompareExchange(ref _fault, Explain(error) ?? error, null) is not null)
            return;
        // Not on this stack, which may hold locks that handlers want.
        ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Stop(), this, preferLocal: false);
    }

    /// <summary>Makes the stream ready to be read and written, before anything else.</summary>
    private protected virtual ValueTask OpenAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Begins a read.</summary>
    private protected virtual ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _stream.ReadAsync(buffer, cancellationToken);

    /// <summary>Judges the end of the stream.</summary>
    /// <exception cref="EndOfStreamException">It is none in order.</exception>
    private protected virtual void CheckEndOfInput()
    {
    }

    /// <summary>What the handler is told of an exception of the stream's: the exception that is behind it, or null where the stream was released from below.</summary>
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
            // At once: what the release brings about explains nothing.
            error = IsStopping ? null : Explain(e);
        }

        End(error);
    }

    private bool IsStopping => Volatile.Read(ref _closing) || Volatile.Read(ref _fault) is not null;

    private async Task ReceiveAsync()
    {
        while (!IsStopping)
        {
            // Waits without a buffer; then there is something.
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

        // The handler may end pauses without having begun one.
        while (!IsStopping)
        {
            _pause.Shut();
            await _pause.WaitAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Hands over what was read, or the end, in a batch of its own or in the one of whoever pushes.</summary>
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

    /// <summary>Ends what waits, the reading loop above all, on a stack of its own.</summary>
    private void Stop()
    {
        if (Volatile.Read(ref _fault) is null && !Volatile.Read(ref _aborted))
            _ = FinishAsync();
        else
            Release();
        _pause.Remove();
        // Also while what was taken is still being written. What a stream of another's does then is on no stack of ours.
        _ = _stop.CancelAsync();
    }

    /// <summary>The last thing that the reading loop does.</summary>
    private void End(Exception? error)
    {
        if (!IsStopping)
            Release();
        _end = Volatile.Read(ref _fault) ?? error;
        Leave();
    }

    /// <summary>The reading loop is over, or the handler was told that it can write: the last of them tells the end, so that nothing follows it.</summary>
    private void Leave()
    {
        if (!_users.Leave())
            return;
        Volatile.Write(ref _ended, true);
        _handler!.OnClosed(_end);
    }

    /// <summary>Writes what was taken, as long as the peer reads it.</summary>
    private async Task FinishAsync()
    {
        try
        {
            await _sender.FinishAsync().WaitAsync(Linger, _timeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The rest is dropped, also by the system: the peer reads nothing.
            Volatile.Write(ref _aborted, true);
        }

        Release();
    }

    private void Release()
    {
        _sender.Abandon();
        if (Volatile.Read(ref _aborted))
            LetGo(static connection => connection.ResetStream());
        LetGo(static connection => connection.ReleaseStream());
    }

    private void LetGo(Action<StreamConnection> release)
    {
        try
        {
            release(this);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Of a peer that is gone, or of a stream that is not ours: either way it is over.
        }
    }
}
