using System.Net;

namespace TPacket.Transports;

/// <summary>A way to listen for connections, and to make them.</summary>
public abstract class Transport : IDisposable
{
    /// <summary>The fastest transport that the system has: <see cref="EpollTransport"/> on Linux, <see cref="SocketTransport"/> elsewhere.</summary>
    /// <param name="eventLoops">How many event loops, where there are any; 0 for one a processor.</param>
    /// <param name="timeProvider">The clock; the system's where null.</param>
    /// <param name="options">What the system may hold for a connection; the defaults where null.</param>
    public static Transport CreateFastest(int eventLoops = 0, TimeProvider? timeProvider = null, TransportOptions? options = null) =>
        OperatingSystem.IsLinux() ? new EpollTransport(eventLoops, timeProvider, options) : new SocketTransport(timeProvider, options);

    /// <summary>How many file descriptors the process may have, of which each connection takes one; null where that is not known.</summary>
    public static int? DescriptorLimit => DescriptorReserve.Limit;

    /// <summary>
    /// The number of buffers that all connections of the process have rented from the library's pool: for input that a handler processes, for incomplete messages, and for output that slow peers have not
    /// read. The number is exact while no connection is active. It is meant for tests and diagnostics.
    /// </summary>
    public static long RentedBuffers => BufferPool.Outstanding;

    /// <summary>
    /// Whether new connections wait to be accepted because the process or the system is short of descriptors or memory for them. Connections that are open are served. False where a transport
    /// has no such state.
    /// </summary>
    public virtual bool IsSuspended => false;

    /// <summary>
    /// Called when accepting is suspended, with the reason: few descriptors are left, or accepting has failed for want of descriptors or memory. The listeners try again by themselves. Called on a
    /// thread that has nothing else to do; must not throw.
    /// </summary>
    public Action<Exception>? Suspended { get; set; }

    /// <summary>Called when no listener has had to wait for a second after <see cref="Suspended"/>, or none is left. On the same thread; must not throw.</summary>
    public Action? Resumed { get; set; }

    /// <summary>Binds and listens; connections wait in the backlog until <see cref="TransportListener.Start"/>.</summary>
    /// <param name="endPoint">
    /// An IP address, or a <see cref="System.Net.Sockets.UnixDomainSocketEndPoint"/>: a file that a socket was left in which nobody listens on is replaced, and the
    /// listener removes its file at its end. On Linux also a name without a file, whose first character is NUL.
    /// </param>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    /// <exception cref="ObjectDisposedException">The transport was disposed of, and needs what it held.</exception>
    public abstract TransportListener Bind(EndPoint endPoint);

    /// <summary>Binds and listens, and gives the file of a Unix domain socket its rights before anybody can connect.</summary>
    /// <param name="endPoint">As for <see cref="Bind(EndPoint)"/>. The mode is ignored for an address without a file, and on Windows.</param>
    /// <param name="socketMode">The rights of the file. On Linux, a process needs the right to write to the file in order to connect.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    /// <exception cref="IOException">The file cannot have these rights.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot have these rights.</exception>
    /// <exception cref="ObjectDisposedException">The transport was disposed of, and needs what it held.</exception>
    /// <exception cref="NotSupportedException">The transport is not one of this library, and does not set the rights.</exception>
    public virtual TransportListener Bind(EndPoint endPoint, UnixFileMode socketMode) =>
        throw new NotSupportedException($"{GetType()} does not set the rights of a socket's file.");

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
