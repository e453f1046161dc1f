using System.Net;
using System.Net.Sockets;
using TPacket.Transports.Sockets;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Sockets;

/// <summary>A listener through the runtime's sockets.</summary>
public class SocketListenerTests
{
    [Fact]
    public async Task A_failure_that_stays_is_told_once()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        // It does not listen any more, which the runtime does not know: to accept fails.
        socket.Shutdown(SocketShutdown.Both);
        var time = new WatchedTime();
        using var transport = new SocketTransport();
        await using var listener = new SocketListener(socket, new AcceptGate(transport), TransportOptions.Default, time);
        var failures = 0;
        listener.Start(static _ => { }, _ => Interlocked.Increment(ref failures));
        // Each pause begins after a failure.
        for (var i = 0; i < 3; i++)
            Assert.Equal(TimeSpan.FromMilliseconds(100), await time.PassNextTimerAsync());
        Assert.Equal(1, failures);
    }
}
