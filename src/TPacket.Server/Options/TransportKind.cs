namespace TPacket.Server;

/// <summary>How bytes come in and go out.</summary>
public enum TransportKind
{
    /// <summary>The fastest that the system has: <see cref="Epoll"/> on Linux, <see cref="Sockets"/> elsewhere.</summary>
    Auto,

    /// <summary><c>System.Net.Sockets</c> and the thread pool, on every system.</summary>
    Sockets,

    /// <summary>Event loops on epoll; Linux only.</summary>
    Epoll,
}
