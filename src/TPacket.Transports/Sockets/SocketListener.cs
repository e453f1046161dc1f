using System.Net;
using System.Net.Sockets;

namespace TPacket.Transports.Sockets;

/// <summary>Accepts connections from a listening <see cref="Socket"/>.</summary>
/// <param name="socket">Listens; the listener's from now on.</param>
/// <param name="gate">Is asked before each accept.</param>
/// <param name="options">Of the transport.</param>
/// <param name="timeProvider">The clock of the pauses.</param>
/// <param name="startThread">Runs a blocking accept on a thread of its own; by default a task that runs long.</param>
internal sealed class SocketListener(
    Socket socket, AcceptGate gate, TransportOptions options, TimeProvider timeProvider, Func<Func<Socket>, CancellationToken, Task<Socket>>? startThread = null) : TransportListener
{
    private static readonly TimeSpan _pauseAfterFailure = TimeSpan.FromMilliseconds(100);

    private readonly AcceptTurn _turn = new();
    private readonly Func<Func<Socket>, CancellationToken, Task<Socket>> _startThread = startThread
        ?? (static (accept, cancellationToken) => Task.Factory.StartNew(accept, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default));

    // On Linux TCP connections have it from the listening socket.
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
                    Hand(connection, accepted, failed);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException) when (_stop.IsCancellationRequested)
            {
                // The socket was released before the cancellation was seen.
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
            {
                // The peer was gone before it was accepted.
            }
            catch (ArgumentException) when (EndPoint is UnixDomainSocketEndPoint)
            {
                // The runtime has no room for a peer's path that fills the last byte of its address: that peer is not served, and its handle goes with the next collection.
            }
            catch (TaskSchedulerException e)
            {
                // There is no room for the thread: a shortage as well.
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
    /// The runtime's asynchronous accept ends the process where a peer of a Unix domain socket has bound itself to a longer name than the listener's; what the blocking one
    /// throws can be caught. It has a thread of its own meanwhile, which the release of the socket ends.
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
            // What the scheduler wraps where it is the one that notices.
            throw new TaskSchedulerException(e);
        }
    }

    /// <summary>A fault of whoever takes the connection costs that connection, not the listener.</summary>
    private static void Hand(SocketConnection connection, Action<TransportConnection> accepted, Action<Exception> failed)
    {
        try
        {
            accepted(connection);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            connection.Close();
            failed(e);
        }
    }

    /// <summary>Whether the process or the system has no room for another connection. The runtime has no name of its own for ENOMEM.</summary>
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
            // Stopped while waiting: the loop ends.
        }
    }

    private async Task PauseAsync()
    {
        try
        {
            await Task.Delay(_pauseAfterFailure, timeProvider, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopped while pausing: the loop ends.
        }
    }
}
