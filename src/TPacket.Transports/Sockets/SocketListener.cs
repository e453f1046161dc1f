using System.Net;
using System.Net.Sockets;
using TPacket.Transports.Accepting;

namespace TPacket.Transports.Sockets;

/// <summary>Accepts connections from a listening <see cref="Socket"/>.</summary>
/// <param name="socket">The listening socket, which the listener owns.</param>
/// <param name="gate">The gate that admits each accept.</param>
/// <param name="options">The options of the transport.</param>
/// <param name="timeProvider">The clock of the pauses.</param>
/// <param name="startThread">Runs a blocking accept on its own thread; null for a long-running task.</param>
internal sealed class SocketListener(
    Socket socket, AcceptGate gate, TransportOptions options, TimeProvider timeProvider, Func<Func<Socket>, CancellationToken, Task<Socket>>? startThread = null) : TransportListener
{
    private readonly AcceptTurn _turn = new();
    private readonly Func<Func<Socket>, CancellationToken, Task<Socket>> _startThread = startThread
        ?? (static (accept, cancellationToken) => Task.Factory.StartNew(accept, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default));

    // On Linux, a TCP connection inherits the size from the listening socket.
    private readonly int _sendBufferBytes = OperatingSystem.IsLinux() && socket.AddressFamily != AddressFamily.Unix ? 0 : options.SendBufferBytes;
    private readonly CancellationTokenSource _stop = new();
    private Task _accepting = Task.CompletedTask;
    private bool _started;
    private bool _disposed;

    public override EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    public override void Start(Action<TransportConnection> accepted, Action<Exception> failed)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        gate.Enter();
        _started = true;
        _accepting = AcceptAsync(accepted, failed);
    }

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
            return;
        await _stop.CancelAsync().ConfigureAwait(false);
        socket.Dispose();
        await _accepting.ConfigureAwait(false);
        if (_started)
            gate.Leave(_turn);
        _stop.Dispose();
    }

    private async Task AcceptAsync(Action<TransportConnection> accepted, Action<Exception> failed)
    {
        var hasFailed = false;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (!gate.TryPass(_turn))
                {
                    await gate.WaitAsync(_turn, error: null, _stop.Token).ConfigureAwait(false);
                    continue;
                }

                var peer = await NextAsync().ConfigureAwait(false);
                hasFailed = false;
                if (SocketConnection.TryCreate(peer, options.Linger, _sendBufferBytes) is { } connection)
                    Deliver(connection, accepted, failed);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException) when (_stop.IsCancellationRequested)
            {
                // The socket was disposed of before the cancellation was observed.
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
            {
                // The peer disconnected before it was accepted.
            }
            catch (ArgumentException) when (EndPoint is UnixDomainSocketEndPoint)
            {
                // The runtime cannot hold the path of a peer that fills the last byte of its address. The peer is not served, and the garbage collector releases its handle.
            }
            catch (TaskSchedulerException e)
            {
                // The system cannot start the thread, which is a shortage as well.
                hasFailed = false;
                await WaitAsync(e.InnerException ?? e).ConfigureAwait(false);
            }
            catch (SocketException e)
            {
                if (!IsShortage(e) && !hasFailed)
                    failed(e);
                hasFailed = !IsShortage(e);
                await (hasFailed ? PauseAsync() : WaitAsync(e)).ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Accepts the next peer. On a Unix domain socket, the runtime's asynchronous accept ends the process if a peer is bound to a longer name than the listener's. The blocking accept throws an
    /// exception instead. It runs on its own thread until the socket is disposed of.
    /// </summary>
    private ValueTask<Socket> NextAsync()
    {
        if (EndPoint is not UnixDomainSocketEndPoint)
            return socket.AcceptAsync(_stop.Token);
        try
        {
            return new ValueTask<Socket>(_startThread(socket.Accept, _stop.Token));
        }
        catch (OutOfMemoryException e)
        {
            // The scheduler throws the same exception if it notices the shortage itself.
            throw new TaskSchedulerException(e);
        }
    }

    /// <summary>
    /// Returns whether the process or the system has no room for another connection. The runtime reports ENOMEM as <see cref="SocketError.SocketError"/>.
    /// </summary>
    private static bool IsShortage(SocketException error) =>
        error.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.SocketError;

    private async Task WaitAsync(Exception shortage)
    {
        try
        {
            await gate.WaitAsync(_turn, shortage, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The listener was stopped, so the loop ends.
        }
    }

    private async Task PauseAsync()
    {
        try
        {
            await Task.Delay(PauseAfterFailure, timeProvider, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The listener was stopped, so the loop ends.
        }
    }
}
