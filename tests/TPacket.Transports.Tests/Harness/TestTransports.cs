using System.Security.Authentication;
using TPacket.Transports.Epoll;

namespace TPacket.Transports.Tests.Harness;

/// <summary>The transports that the specifications test.</summary>
internal static class TestTransports
{
    public static Transport Sockets() => new SocketTransport();

    public static Transport OneLoop() => Epoll(1);

    public static Transport TwoLoops() => Epoll(2);

    public static Transport UnixSockets() => new UnixTransport(Sockets());

    public static Transport UnixLoop() => new UnixTransport(OneLoop());

    public static Transport ConnectingSockets() => new ConnectingTransport(Sockets());

    public static Transport ConnectingLoops() => new ConnectingTransport(TwoLoops());

    public static Transport StreamOverSockets() => new StreamTransport(Sockets());

    public static Transport StreamOverLoop() => new StreamTransport(OneLoop());

    public static Transport NetworkStreams() => new NetworkStreamTransport();

    public static Transport Tls12OverSockets() => new TlsTransport(Sockets(), SslProtocols.Tls12);

    public static Transport Tls13OverSockets() => new TlsTransport(Sockets(), SslProtocols.Tls13);

    public static Transport Tls12OverLoop() => new TlsTransport(OneLoop(), SslProtocols.Tls12);

    public static Transport Tls13OverLoops() => new TlsTransport(TwoLoops(), SslProtocols.Tls13);

    public static Transport ProxiedSockets() => new ProxiedTransport(Sockets(), listens: false);

    public static Transport ProxiedLoops() => new ProxiedTransport(TwoLoops(), listens: true);

    /// <summary>Creates a transport by the name of a method of this class, since xunit passes names and not functions.</summary>
    public static Transport Create(string name) => name switch
    {
        nameof(Sockets) => Sockets(),
        nameof(OneLoop) => OneLoop(),
        _ => TwoLoops(),
    };

    // Systems without epoll run the same tests on sockets.
    private static Transport Epoll(int loops) => OperatingSystem.IsLinux() ? new EpollTransport(loops) : new SocketTransport();
}
