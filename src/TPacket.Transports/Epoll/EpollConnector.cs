using System.Net;
using System.Net.Sockets;
using TPacket.Transports.Native;

namespace TPacket.Transports.Epoll;

/// <summary>
/// Makes a connection for an event loop. A <see cref="Socket"/> makes the system calls without waiting. The loop reports when the connection is established, so that the runtime's own polling thread
/// never watches the descriptor.
/// </summary>
internal sealed class EpollConnector : IEpollSource
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EpollLoop _loop;
    private readonly Socket _socket;
    private ulong? _token;
    private bool _done;

    private EpollConnector(EpollLoop loop, Socket socket) => (_loop, _socket) = (loop, socket);

    /// <summary>Connects to one address.</summary>
    /// <exception cref="SocketException">The attempt failed.</exception>
    /// <exception cref="IOException">The process has no file descriptors left, or the system refuses to watch another descriptor.</exception>
    /// <exception cref="OperationCanceledException">The attempt was cancelled.</exception>
    public static async ValueTask<TransportConnection> ConnectAsync(EpollLoop loop, EndPoint address, CancellationToken cancellationToken)
    {
        using var socket = SocketTransport.Create(address.AddressFamily);
        socket.Blocking = false;
        if (address.AddressFamily != AddressFamily.Unix)
            socket.NoDelay = true;
        try
        {
            socket.Connect(address);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock && address.AddressFamily != AddressFamily.Unix)
        {
            // The attempt is in progress. A Unix domain socket connects at once, or its listener's backlog is full.
            await new EpollConnector(loop, socket).WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return new EpollConnection(loop, NativeSocket.TakeOver(socket), new PeerAddress(address));
    }

    /// <summary>Ends the wait. The socket's option SO_ERROR has the result.</summary>
    public void OnReport(EpollInterest report) => End(CancellationToken.None);

    /// <summary>Does nothing: the transport cancels all attempts before it ends its loops.</summary>
    public void OnLoopStopped()
    {
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        lock (this)
        {
            // The first report may arrive before the token is stored. OnReport waits for this lock.
            _token = _loop.Watch(this, (int)_socket.Handle, EpollInterest.Writable);
            if (_token is null)
            {
                // The loop may have ended meanwhile.
                cancellationToken.ThrowIfCancellationRequested();
                throw new IOException("The system refuses to watch another descriptor.");
            }
        }

        await using (cancellationToken.UnsafeRegister(static (connector, token) => ((EpollConnector)connector!).End(token), this).ConfigureAwait(false))
            await _ended.Task.ConfigureAwait(false);
        var error = (SocketError)(int)_socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error != SocketError.Success)
            throw new SocketException((int)error);
    }

    /// <summary>Ends the wait once. A report and a cancellation may arrive at the same time, and the second one must not touch the socket.</summary>
    private void End(CancellationToken cancelled)
    {
        lock (this)
        {
            if (_done)
                return;
            _done = true;
            _loop.Unwatch((int)_socket.Handle, _token!.Value);
        }

        if (cancelled.IsCancellationRequested)
            _ended.SetCanceled(cancelled);
        else
            _ended.SetResult();
    }
}
