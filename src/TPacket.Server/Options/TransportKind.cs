namespace TPacket.Server;

/// <summary>The transport of the server's own endpoints.</summary>
public enum TransportKind
{
    /// <summary>The fastest transport of the system: <see cref="Epoll"/> on Linux, <see cref="Sockets"/> elsewhere.</summary>
    Auto,

    /// <summary><c>System.Net.Sockets</c> and the thread pool; available on every system.</summary>
    Sockets,

    /// <summary>Event loops on epoll; Linux only.</summary>
    Epoll,
}
