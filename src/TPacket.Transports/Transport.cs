using System.Net;
using TPacket.Transports.Epoll;
using TPacket.Transports.Sockets;

namespace TPacket.Transports;

/// <summary>A way to listen for connections.</summary>
public abstract class Transport : IDisposable
{
    /// <summary>The fastest transport that the system has: <see cref="EpollTransport"/> on Linux, <see cref="SocketTransport"/> elsewhere.</summary>
    /// <param name="eventLoops">How many event loops, where there are any; 0 for one a processor.</param>
    /// <param name="timeProvider">The clock; the system's where null.</param>
    public static Transport CreateFastest(int eventLoops = 0, TimeProvider? timeProvider = null) =>
        OperatingSystem.IsLinux() ? new EpollTransport(eventLoops, timeProvider) : new SocketTransport(timeProvider);

    /// <summary>Binds and listens; connections wait in the backlog until <see cref="TransportListener.Start"/>.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The address cannot be bound.</exception>
    /// <exception cref="ObjectDisposedException">The transport was disposed of, and needs what it held.</exception>
    public abstract TransportListener Bind(EndPoint endPoint);

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
