using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Proxy;

/// <summary>A listener behind proxies accepts only connections whose header was read.</summary>
public class ProxyListenerTests
{
    public static TheoryData<string> Transports => ["Sockets", "OneLoop"];

    [Theory]
    [MemberData(nameof(Transports))]
    public Task A_connection_is_accepted_with_its_clients_address_and_receives_the_bytes_after_the_header(string transport) => RunAsync(transport, async test =>
    {
        using var peer = await Peer.ConnectAsync(test.EndPoint);
        await peer.SendAsync("PROXY TCP6 2001:db8::7 ::1 7 8\r\nhello"u8.ToArray());
        var probe = await test.AcceptedAsync();
        Assert.Equal(IPEndPoint.Parse("[2001:db8::7]:7"), test.RemoteEndPoints.Single());
        Assert.Equal("hello"u8.ToArray(), await probe.ReceivedAsync(5));
        Assert.Equal(2, probe.Connection.TrySend("ok"u8));
        Assert.Equal("ok"u8.ToArray(), await peer.ReceiveAsync(2));
    });

    [Theory]
    [MemberData(nameof(Transports))]
    public Task A_connection_without_a_header_is_reported_and_closed(string transport) => RunAsync(transport, async test =>
    {
        using var peer = await Peer.ConnectAsync(test.EndPoint);
        await peer.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        var (address, error) = await test.RefusedAsync();
        Assert.Equal((peer.LocalEndPoint, ProxyHeaderFailure.Missing), (address!, error.Failure));
        await peer.ReceiveAnyEndAsync();
    });

    [Theory]
    [MemberData(nameof(Transports))]
    public Task An_untrusted_connection_is_reported_and_closed(string transport) => RunAsync(
        transport,
        async test =>
        {
            using var peer = await Peer.ConnectAsync(test.EndPoint);
            Assert.Equal(ProxyHeaderFailure.Untrusted, (await test.RefusedAsync()).Error.Failure);
            await peer.ReceiveAnyEndAsync();
        },
        new ProxyOptions());

    [Theory]
    [MemberData(nameof(Transports))]
    public Task A_connection_with_a_late_header_is_closed(string transport) => RunAsync(transport, async test =>
    {
        using var peer = await Peer.ConnectAsync(test.EndPoint);
        await peer.SendAsync("PROXY TCP4"u8.ToArray());
        await test.TimeOutAsync();
        Assert.Equal(ProxyHeaderFailure.TimedOut, (await test.RefusedAsync()).Error.Failure);
        await peer.ReceiveAnyEndAsync();
    });

    [Theory]
    [MemberData(nameof(Transports))]
    public Task One_timer_checks_the_deadlines_of_all_headers_and_closes_only_late_connections(string transport) => RunAsync(transport, async test =>
    {
        using var early = await Peer.ConnectAsync(test.EndPoint);
        await test.BegunAsync();
        using var served = await Peer.ConnectAsync(test.EndPoint);
        await test.BegunAsync();
        test.Advance(TimeSpan.FromSeconds(3));
        using var late = await Peer.ConnectAsync(test.EndPoint);
        await test.BegunAsync();
        await served.SendAsync("PROXY UNKNOWN\r\n"u8.ToArray());
        Assert.Equal(TimeSpan.FromSeconds(3), Assert.IsType<ProxiedConnection>((await test.AcceptedAsync()).Connection).HeaderDuration);

        test.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal((early.LocalEndPoint, ProxyHeaderFailure.TimedOut), await NextAsync());
        test.Advance(TimeSpan.FromSeconds(2));
        Assert.False(test.HasRefused);
        test.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((late.LocalEndPoint, ProxyHeaderFailure.TimedOut), await NextAsync());

        // The timer stops and starts again with the next connection.
        test.Advance(TimeSpan.FromMinutes(1));
        using var next = await Peer.ConnectAsync(test.EndPoint);
        await test.BegunAsync();
        test.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal((next.LocalEndPoint, ProxyHeaderFailure.TimedOut), await NextAsync());
        Assert.Equal(1, test.Timers);

        async Task<(EndPoint?, ProxyHeaderFailure)> NextAsync()
        {
            var (address, error) = await test.RefusedAsync();
            return (address, error.Failure);
        }
    });

    [Theory]
    [MemberData(nameof(Transports))]
    public Task Deadlines_of_headers_hold_after_the_disposal_of_the_listener(string transport) => RunAsync(transport, async test =>
    {
        using var peer = await Peer.ConnectAsync(test.EndPoint);
        await test.BegunAsync();
        await test.StopAsync();
        test.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(ProxyHeaderFailure.TimedOut, (await test.RefusedAsync()).Error.Failure);
        await peer.ReceiveAnyEndAsync();
    });

    [Theory]
    [MemberData(nameof(Transports))]
    public Task A_peer_that_disconnects_before_its_first_byte_is_marked(string transport) => RunAsync(transport, async test =>
    {
        using var probing = await Peer.ConnectAsync(test.EndPoint);
        probing.ShutdownSend();
        Assert.True((await test.RefusedAsync()).Error is { Failure: ProxyHeaderFailure.PeerDisconnected, IsBeforeFirstByte: true });
        using var resetting = await Peer.ConnectAsync(test.EndPoint);
        await test.BegunAsync();
        resetting.Reset();
        Assert.True((await test.RefusedAsync()).Error is { Failure: ProxyHeaderFailure.PeerDisconnected, IsBeforeFirstByte: true });
        using var sending = await Peer.ConnectAsync(test.EndPoint);
        await sending.SendAsync("P"u8.ToArray());
        sending.ShutdownSend();
        Assert.True((await test.RefusedAsync()).Error is { Failure: ProxyHeaderFailure.PeerDisconnected, IsBeforeFirstByte: false });
    });

    [Theory]
    [MemberData(nameof(Transports))]
    public Task A_connection_with_a_header_after_the_disposal_of_the_listener_is_closed(string transport) => RunAsync(transport, async test =>
    {
        using var peer = await Peer.ConnectAsync(test.EndPoint);
        await peer.SendAsync("PROXY"u8.ToArray());
        await test.BegunAsync();
        await test.StopAsync();
        await peer.SendAsync(" UNKNOWN\r\nhello"u8.ToArray());
        await peer.ReceiveAnyEndAsync();
        Assert.Empty(test.RemoteEndPoints);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bytes_after_the_header_wait_for_a_late_start(bool throws)
    {
        var rented = new Rented();
        var proxy = new ScriptedConnection();
        var listener = new ProxyListener(new OneConnection(proxy), new ProxyOptions { TrustedNetworks = [IPNetwork.Parse("127.0.0.0/8")] });
        TransportConnection? accepted = null;
        listener.Start(connection => accepted = connection, static _ => { });
        proxy.Handler.OnReceived("PROXY UNKNOWN\r\nhello"u8.ToArray());
        Assert.True(proxy.IsPaused);
        var error = new FormatException("broken");
        var probe = new Probe(accepted!) { Received = throws ? (_, _) => throw error : null };
        probe.Start();
        Assert.Equal("hello"u8.ToArray(), await probe.ReceivedAsync(5));
        using var deadline = Deadline.Start();
        while (proxy.IsPaused)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        Assert.Equal(throws ? 1 : 0, proxy.Closes);
        proxy.Handler.OnClosed(null);
        Assert.Same(throws ? error : null, await probe.ClosedAsync());
        Assert.Equal(1, probe.Closes);
        Assert.Empty(probe.Breaches);
        await rented.ReturnedAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_ends_before_a_late_start_returns_its_buffer(bool isStarted)
    {
        var rented = new Rented();
        var proxy = new ScriptedConnection();
        var listener = new ProxyListener(new OneConnection(proxy), new ProxyOptions { TrustedNetworks = [IPNetwork.Parse("127.0.0.0/8")] });
        TransportConnection? accepted = null;
        listener.Start(connection => accepted = connection, static _ => { });
        proxy.Handler.OnReceived("PROXY UNKNOWN\r\nhello"u8.ToArray());
        var error = new IOException("reset");
        proxy.Handler.OnClosed(error);
        await rented.ReturnedAsync();
        if (!isStarted)
            return;
        var probe = new Probe(accepted!);
        probe.Start();
        Assert.Same(error, await probe.ClosedAsync());
        Assert.Empty(probe.Bytes);
        Assert.Empty(probe.Breaches);
    }

    private static async Task RunAsync(string transport, Func<ProxyTest, Task> test, ProxyOptions? options = null)
    {
        var rented = new Rented();
        await using (var running = new ProxyTest(TestTransports.Create(transport), options ?? new ProxyOptions { TrustedNetworks = [IPNetwork.Parse("127.0.0.0/8")] }))
            await test(running);
        await rented.ReturnedAsync();
    }

    private sealed class ProxyTest : IAsyncDisposable
    {
        private readonly Transport _transport;
        private readonly ProxyListener _listener;
        private readonly ProxyOptions _options;
        private readonly CountingTime _time = new();
        private readonly Channel<Probe> _accepted = Channel.CreateUnbounded<Probe>();
        private readonly Channel<(EndPoint?, ProxyHeaderException)> _refused = Channel.CreateUnbounded<(EndPoint?, ProxyHeaderException)>();
        private readonly Channel<int> _begun = Channel.CreateUnbounded<int>();
        private readonly List<Probe> _probes = [];

        public ProxyTest(Transport transport, ProxyOptions options)
        {
            (_transport, _options) = (transport, options);
            var inner = new Counting(transport.Bind(new IPEndPoint(IPAddress.Loopback, 0)), _begun);
            _listener = new ProxyListener(inner, options, (address, error) => _refused.Writer.TryWrite((address, error)), _time);
            _listener.Start(
                connection =>
                {
                    RemoteEndPoints.Add(connection.RemoteEndPoint);
                    var probe = new Probe(connection);
                    connection.Start(probe);
                    _probes.Add(probe);
                    _accepted.Writer.TryWrite(probe);
                },
                static _ => { });
        }

        public EndPoint EndPoint => _listener.EndPoint;

        /// <summary>The number of timers that were created.</summary>
        public int Timers => _time.Timers;

        public bool HasRefused => _refused.Reader.TryPeek(out _);

        /// <summary>The addresses at the time when a connection is accepted.</summary>
        public List<EndPoint?> RemoteEndPoints { get; } = [];

        public async Task<Probe> AcceptedAsync()
        {
            using var deadline = Deadline.Start();
            return await _accepted.Reader.ReadAsync(deadline.Token);
        }

        public async Task<(EndPoint? Address, ProxyHeaderException Error)> RefusedAsync()
        {
            using var deadline = Deadline.Start();
            return await _refused.Reader.ReadAsync(deadline.Token);
        }

        /// <summary>Waits until the listener has begun to read a header.</summary>
        public async Task BegunAsync()
        {
            using var deadline = Deadline.Start();
            await _begun.Reader.ReadAsync(deadline.Token);
        }

        public async Task TimeOutAsync()
        {
            await BegunAsync();
            _time.Advance(_options.HeaderTimeout);
            // Sent bytes may be unread for a moment. The listener reads them before it checks the deadline.
            using var deadline = Deadline.Start();
            while (!_refused.Reader.TryPeek(out _))
            {
                deadline.Token.ThrowIfCancellationRequested();
                await Task.Yield();
                _time.Advance(TimeSpan.FromSeconds(1));
            }
        }

        public void Advance(TimeSpan time) => _time.Advance(time);

        public ValueTask StopAsync() => _listener.DisposeAsync();

        public async ValueTask DisposeAsync()
        {
            await _listener.DisposeAsync();
            foreach (var probe in _probes)
            {
                probe.Close();
                Assert.Null(await probe.ClosedAsync());
                Assert.Empty(probe.Breaches);
            }

            _transport.Dispose();
        }
    }

    private sealed class CountingTime : FakeTimeProvider
    {
        public int Timers { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Timers++;
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }

    /// <summary>A listener with one connection.</summary>
    private sealed class OneConnection(TransportConnection connection) : TransportListener
    {
        public override EndPoint EndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 1);

        public override void Start(Action<TransportConnection> accepted, Action<Exception> failed) => accepted(connection);

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>Reports when a connection was delivered.</summary>
    private sealed class Counting(TransportListener inner, Channel<int> handed) : TransportListener
    {
        public override EndPoint EndPoint => inner.EndPoint;

        public override void Start(Action<TransportConnection> accepted, Action<Exception> failed) => inner.Start(
            connection =>
            {
                accepted(connection);
                handed.Writer.TryWrite(1);
            },
            failed);

        public override ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
