using System.Net;
using TPacket.Transports.Accepting;
using TPacket.Transports.Buffers;
using TPacket.Transports.Epoll;

namespace TPacket.Transports;

/// <summary>Listens for connections and makes connections.</summary>
public abstract class Transport : IDisposable
{
    /// <summary>Creates the fastest transport of the operating system: event loops on epoll on Linux, <see cref="SocketTransport"/> elsewhere.</summary>
    /// <remarks>An event loop is a thread that serves many connections. The loop calls their handlers, which must not block the thread.</remarks>
    /// <param name="eventLoops">The number of event loops on Linux; 0 for one per processor.</param>
    /// <param name="timeProvider">The clock; null for the system's clock.</param>
    /// <param name="options">The limits of the system's buffers; null for <see cref="TransportOptions.Default"/>.</param>
    /// <returns>The transport, which the caller disposes of.</returns>
    /// <exception cref="IOException">The process has no file descriptors left.</exception>
    public static Transport CreateFastest(int eventLoops = 0, TimeProvider? timeProvider = null, TransportOptions? options = null) =>
        OperatingSystem.IsLinux() ? new EpollTransport(eventLoops, timeProvider, options) : new SocketTransport(timeProvider, options);

    /// <summary>The number of file descriptors that the process may open, or null if it is unknown. Each connection takes one descriptor.</summary>
    public static int? DescriptorLimit => DescriptorReserve.Limit;

    /// <summary>
    /// The number of buffers that all connections of the process have rented from the library's pool: for input that a handler processes, for incomplete messages, and for output that slow peers have
    /// not read. The number is exact while no connection is active. It is meant for tests and diagnostics.
    /// </summary>
    public static long RentedBuffers => BufferPool.Outstanding;

    /// <summary>
    /// Whether the listeners have suspended accepting because the process or the system is short of descriptors or memory. Open connections are served. Always false for a transport that never
    /// suspends accepting.
    /// </summary>
    public virtual bool IsSuspended => false;

    /// <summary>
    /// The callback for suspended accepting, with the reason: few descriptors are left, or the system had no descriptors or memory for a connection. The listeners try again by themselves. The callback
    /// runs on a dedicated thread, may block and must not throw.
    /// </summary>
    public Action<Exception>? Suspended { get; set; }

    /// <summary>
    /// The callback for resumed accepting. It follows <see cref="Suspended"/> when no listener has waited for a second, or when no listener is left. It runs on
    /// the same thread and must not throw.
    /// </summary>
    public Action? Resumed { get; set; }

    /// <summary>Binds an address and listens on it. Connections wait in the backlog until <see cref="TransportListener.Start"/>.</summary>
    /// <param name="endPoint">
    /// An IP address or a <see cref="System.Net.Sockets.UnixDomainSocketEndPoint"/>. A socket file without a listener is replaced, and the listener deletes its file when it is disposed of. On Linux, a
    /// Unix domain socket may also have an abstract name, which begins with NUL and has no file.
    /// </param>
    /// <returns>The listener, not started. The caller disposes of it.</returns>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    /// <exception cref="ObjectDisposedException">The transport was disposed of.</exception>
    public abstract TransportListener Bind(EndPoint endPoint);

    /// <summary>Binds an address and listens on it. Sets the permissions of a Unix domain socket's file before a peer can connect.</summary>
    /// <param name="endPoint">An address as for <see cref="Bind(EndPoint)"/>.</param>
    /// <param name="socketMode">
    /// The permissions of the file. On Linux, a process needs write permission to connect. Ignored on Windows and for an address without a file.
    /// </param>
    /// <returns>The listener, not started. The caller disposes of it.</returns>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    /// <exception cref="IOException">The permissions cannot be set.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not set the permissions.</exception>
    /// <exception cref="ObjectDisposedException">The transport was disposed of.</exception>
    /// <exception cref="NotSupportedException">The transport does not override this method.</exception>
    public virtual TransportListener Bind(EndPoint endPoint, UnixFileMode socketMode) =>
        throw new NotSupportedException($"{GetType()} does not set the permissions of a socket's file.");

    /// <summary>Connects to an address, or to the first address of a host name that answers.</summary>
    /// <param name="endPoint">
    /// An IP address, a <see cref="System.Net.Sockets.UnixDomainSocketEndPoint"/>, or a <see cref="DnsEndPoint"/>. The transport races the addresses of a name (RFC 8305): it alternates IPv6 and
    /// IPv4, starts the next attempt 250 ms after the last attempt, or at once when one fails, and closes all but the first connection. The deadline is the system's, unless
    /// <paramref name="cancellationToken"/> is cancelled before.
    /// </param>
    /// <param name="cancellationToken">Cancels the attempts.</param>
    /// <returns>The connection, not started. The caller starts or closes it.</returns>
    /// <exception cref="System.Net.Sockets.SocketException">The name is unknown, or no attempt succeeded; this is the error of the last attempt.</exception>
    /// <exception cref="IOException">The process has no file descriptors left.</exception>
    /// <exception cref="ObjectDisposedException">The transport was disposed of.</exception>
    /// <exception cref="OperationCanceledException">The attempts were cancelled.</exception>
    public abstract ValueTask<TransportConnection> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken = default);

    /// <summary>Releases the transport's threads and closes the connections that depend on them. A transport without such resources does nothing.</summary>
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
