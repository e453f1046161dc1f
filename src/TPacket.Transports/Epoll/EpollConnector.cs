using System.Net;
using System.Net.Sockets;
using TPacket.Transports.Native;

namespace TPacket.Transports.Epoll;

/// <summary>
/// Makes a connection for a loop. A <see cref="Socket"/> makes the calls, without waiting; the loop tells when the connection stands, so that the runtime's own polling thread never hears of the
/// descriptor.
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
    /// <exception cref="SocketException">It could not be connected to.</exception>
    /// <exception cref="IOException">The system has no descriptors left.</exception>
    /// <exception cref="OperationCanceledException">Given up.</exception>
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
            // Under way. A Unix domain socket is connected at once, or its listener's backlog is full.
            await new EpollConnector(loop, socket).WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return new EpollConnection(loop, NativeSocket.TakeOver(socket), new PeerAddress(address));
    }

    /// <summary>Something was decided; the socket knows what.</summary>
    public void OnReport(EpollInterest report) => End(CancellationToken.None);

    /// <summary>The transport gives up what is under way before it ends its loops.</summary>
    public void OnLoopStopped()
    {
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        lock (this)
        {
            // The first report may come before the token is stored; it waits for this lock.
            _token = _loop.Watch(this, (int)_socket.Handle, EpollInterest.Writable);
            if (_token is null)
            {
                // As of a loop that has ended meanwhile.
                cancellationToken.ThrowIfCancellationRequested();
                throw new IOException("The system watches no more descriptors.");
            }
        }

        await using (cancellationToken.UnsafeRegister(static (connector, token) => ((EpollConnector)connector!).End(token), this).ConfigureAwait(false))
            await _ended.Task.ConfigureAwait(false);
        var error = (SocketError)(int)_socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        if (error != SocketError.Success)
            throw new SocketException((int)error);
    }

    /// <summary>Ends the wait, once: the loop and whoever gives up may come at the same time, and the socket is not theirs any more then.</summary>
    private void End(CancellationToken givenUp)
    {
        lock (this)
        {
            if (_done)
                return;
            _done = true;
            _loop.Unwatch((int)_socket.Handle, _token!.Value);
        }

        if (givenUp.IsCancellationRequested)
            _ended.SetCanceled(givenUp);
        else
            _ended.SetResult();
    }
}
