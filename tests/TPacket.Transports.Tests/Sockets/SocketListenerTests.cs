using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using TPacket.Transports.Accepting;
using TPacket.Transports.Sockets;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Sockets;

/// <summary>A listener on the runtime's sockets survives errors of accepting.</summary>
public class SocketListenerTests
{
    [Fact]
    public async Task A_lasting_error_is_reported_once()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        // The socket no longer listens, which the runtime does not know, so accept fails.
        socket.Shutdown(SocketShutdown.Both);
        var time = new WatchedTime();
        using var transport = new SocketTransport();
        await using var listener = new SocketListener(socket, new AcceptGate(transport), TransportOptions.Default, time);
        var failures = 0;
        listener.Start(static _ => { }, _ => Interlocked.Increment(ref failures));
        // Each pause follows an error.
        for (var i = 0; i < 3; i++)
            Assert.Equal(TimeSpan.FromMilliseconds(100), await time.PassNextTimerAsync());
        Assert.Equal(1, failures);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_accept_thread_that_cannot_start_is_a_shortage_and_the_listener_continues(bool isWrapped)
    {
        const int Failures = 3;
        var address = UnixTransport.NewAddress();
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(address);
        socket.Listen();
        using var transport = new SocketTransport();
        var shortage = new InsufficientMemoryException("no thread");
        var suspensions = new ConcurrentQueue<Exception>();
        transport.Suspended = suspensions.Enqueue;
        var starts = 0;
        var failed = new ConcurrentQueue<Exception>();
        var accepted = Channel.CreateUnbounded<TransportConnection>();
        await using (var listener = new SocketListener(socket, new AcceptGate(transport), TransportOptions.Default, TimeProvider.System, Start))
        {
            listener.Start(connection => accepted.Writer.TryWrite(connection), failed.Enqueue);
            using var peer = await Peer.ConnectAsync(address);
            using var deadline = Deadline.Start();
            (await accepted.Reader.ReadAsync(deadline.Token)).Close();
            await peer.ReceiveAnyEndAsync();
        }

        Assert.True(starts > Failures);
        Assert.Same(shortage, Assert.Single(suspensions));
        Assert.Empty(failed);
        File.Delete(address.ToString());

        Task<Socket> Start(Func<Socket> accept, CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref starts) <= Failures)
                throw isWrapped ? new TaskSchedulerException(shortage) : shortage;
            return Task.Factory.StartNew(accept, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }
}
