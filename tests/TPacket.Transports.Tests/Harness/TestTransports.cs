using TPacket.Transports.Epoll;
using TPacket.Transports.Sockets;

namespace TPacket.Transports.Tests.Harness;

/// <summary>The transports that have to meet the specifications.</summary>
internal static class TestTransports
{
    public static Transport Sockets() => new SocketTransport();

    public static Transport OneLoop() => Epoll(1);

    public static Transport TwoLoops() => Epoll(2);

    // Systems without epoll run the same facts on what they have.
    private static Transport Epoll(int loops) => OperatingSystem.IsLinux() ? new EpollTransport(loops) : new SocketTransport();
}
