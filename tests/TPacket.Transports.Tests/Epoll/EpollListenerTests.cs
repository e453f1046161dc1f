using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using TPacket.Transports.Accepting;
using TPacket.Transports.Epoll;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Epoll;

/// <summary>A listener survives the end of its loops in every state.</summary>
public class EpollListenerTests
{
    [Fact]
    public void By_default_there_is_one_loop_per_processor()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var transport = new EpollTransport();
        Assert.Equal(Environment.ProcessorCount, transport.LoopCount);
    }

    [Fact]
    public async Task A_disposed_transport_binds_and_starts_nothing()
    {
        if (!OperatingSystem.IsLinux())
            return;
        Transport transport = new EpollTransport(2);
        var listener = transport.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        transport.Dispose();
        Assert.Throws<ObjectDisposedException>(() => transport.Bind(new IPEndPoint(IPAddress.Loopback, 0)));
        Assert.Throws<ObjectDisposedException>(() => listener.Start(static _ => { }, static _ => { }));
        await listener.DisposeAsync().AsTask().WaitAsync(Deadline.Limit);
        await Assert.ThrowsAsync<SocketException>(() => Peer.ConnectAsync(listener.EndPoint));
    }

    [Fact]
    public async Task A_started_listener_can_be_disposed_after_its_transport()
    {
        if (!OperatingSystem.IsLinux())
            return;
        Transport transport = new EpollTransport(2);
        var listener = transport.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Start(static connection => connection.Close(), static _ => { });
        transport.Dispose();
        await listener.DisposeAsync().AsTask().WaitAsync(Deadline.Limit);
        await Assert.ThrowsAsync<SocketException>(() => Peer.ConnectAsync(listener.EndPoint));
    }

    [Fact]
    public async Task A_listener_that_pauses_while_its_loop_ends_reports_no_second_error()
    {
        if (!OperatingSystem.IsLinux())
            return;
        // Bound and not listening: epoll reports it at once, and accept fails.
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var time = new PausedTime();
        var loop = new EpollLoop(0);
        using var transport = new SocketTransport();
        var listener = new EpollListener(socket, [loop], new AcceptGate(transport), TransportOptions.Default, time);
        var failures = 0;
        listener.Start(static _ => { }, _ => Interlocked.Increment(ref failures));
        await time.PausedAsync();
        Assert.Equal(1, failures);

        // The listener tries again while the loop runs, and reports only the first error.
        time.Elapse();
        await time.PausedAsync();
        Assert.Equal(1, failures);

        loop.Dispose();
        time.Elapse();
        await listener.DisposeAsync().AsTask().WaitAsync(Deadline.Limit);
        Assert.Equal(1, failures);
        Assert.Equal(0, time.Pauses);
    }

    [Fact]
    public async Task A_listener_that_starts_while_its_loops_end_reports_no_error()
    {
        if (!OperatingSystem.IsLinux())
            return;
        for (var i = 0; i < 100; i++)
        {
            var failures = 0;
            Transport transport = new EpollTransport(2);
            var listener = transport.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var starting = Task.Run(() =>
            {
                try
                {
                    listener.Start(static connection => connection.Close(), _ => Interlocked.Increment(ref failures));
                }
                catch (ObjectDisposedException)
                {
                    // The loops had already ended.
                }
            });
            transport.Dispose();
            await starting;
            await listener.DisposeAsync().AsTask().WaitAsync(Deadline.Limit);
            Assert.Equal(0, failures);
        }
    }

    /// <summary>A clock whose timers elapse when the test calls Elapse.</summary>
    private sealed class PausedTime : TimeProvider
    {
        private readonly Channel<Timer> _timers = Channel.CreateUnbounded<Timer>();
        private Timer? _paused;

        /// <summary>The number of timers after the awaited one.</summary>
        public int Pauses => _timers.Reader.Count;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new Timer(() => callback(state));
            _timers.Writer.TryWrite(timer);
            return timer;
        }

        /// <summary>Waits until a timer is created.</summary>
        public async Task PausedAsync()
        {
            using var deadline = Deadline.Start();
            _paused = await _timers.Reader.ReadAsync(deadline.Token);
        }

        public void Elapse() => _paused!.Elapse();

        private sealed class Timer(Action elapse) : ITimer
        {
            public void Elapse() => elapse();

            public bool Change(TimeSpan dueTime, TimeSpan period) => false;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }
}
