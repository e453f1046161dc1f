using System.Net;
using TPacket.Transports.Epoll;
using TPacket.Transports.Sockets;

namespace TPacket.Transports;

/// <summary>A way to listen for connections, and to make them.</summary>
public abstract class Transport : IDisposable
{
    /// <summary>The fastest transport that the system has: <see cref="EpollTransport"/> on Linux, <see cref="SocketTransport"/> elsewhere.</summary>
    /// <param name="eventLoops">How many event loops, where there are any; 0 for one a processor.</param>
    /// <param name="timeProvider">The clock; the system's where null.</param>
    public static Transport CreateFastest(int eventLoops = 0, TimeProvider? timeProvider = null) =>
        OperatingSystem.IsLinux() ? new EpollTransport(eventLoops, timeProvider) : new SocketTransport(timeProvider);

    /// <summary>Binds and listens; connections wait in the backlog until <see cref="TransportListener.Start"/>.</summary>
    /// <param name="endPoint">
    /// An IP address, or a <see cref="System.Net.Sockets.UnixDomainSocketEndPoint"/>: a file that a socket was left in which nobody listens on is replaced, and the
    /// listener removes its file at its end. On Linux also a name without a file, whose first character is NUL.
    /// </param>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    /// <exception cref="ObjectDisposedException">The transport was disposed of, and needs what it held.</exception>
    public abstract TransportListener Bind(EndPoint endPoint);

    /// <summary>Connects to an address, or to the first address of a name that answers.</summary>
    /// <param name="endPoint">
    /// An IP address, a <see cref="System.Net.Sockets.UnixDomainSocketEndPoint"/>, or a <see cref="DnsEndPoint"/>. The transport races the addresses of a name (RFC 8305): it alternates IPv6 and
    /// IPv4, starts the next attempt 250 ms after the last one, or at once when an attempt fails, and closes all but the first connection. There is no deadline but the system's and
    /// <paramref name="cancellationToken"/>.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection, not started; the caller's to start or close.</returns>
    /// <exception cref="System.Net.Sockets.SocketException">No address could be connected to; of several, what the last attempt failed with.</exception>
    /// <exception cref="IOException">The system has no descriptors left.</exception>
    /// <exception cref="ObjectDisposedException">The transport was disposed of meanwhile.</exception>
    /// <exception cref="OperationCanceledException">Given up.</exception>
    public abstract ValueTask<TransportConnection> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken = default);

    /// <summary>Releases what the transport holds, connections that are left included. By default nothing.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc cref="Dispose()"/>
    protected virtual void Dispose(bool disposing)
    {
    }
}
