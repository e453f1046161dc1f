using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using TPacket.Transports.Accepting;
using TPacket.Transports.Epoll;
using TPacket.Transports.Sockets;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Accepting;

/// <summary>Listeners accept while descriptors are free, wait during a shortage and continue after it.</summary>
public sealed class AcceptGateTests : IDisposable
{
    private readonly SocketTransport _transport = new();
    private readonly Channel<Exception?> _callbacks = Channel.CreateUnbounded<Exception?>();
    private readonly AcceptGate _gate;
    private readonly AcceptTurn _turn = new();
    private readonly FakeTimeProvider _time = new();
    private int _spare;

    public AcceptGateTests()
    {
        _transport.Suspended = reason => _callbacks.Writer.TryWrite(reason);
        _transport.Resumed = () => _callbacks.Writer.TryWrite(null);
        _gate = new AcceptGate(_transport, most => Math.Min(Volatile.Read(ref _spare), most), _time);
        _gate.Enter();
    }

    public static TheoryData<string> Transports => ["Sockets", "OneLoop"];

    public void Dispose()
    {
        _gate.Leave();
        _transport.Dispose();
    }

    [Fact]
    public void Acceptors_pass_only_while_descriptors_are_free()
    {
        Assert.False(_gate.TryPass(_turn));
        _spare = 2;
        Assert.True(_gate.TryPass(_turn));
        // The descriptors are counted again when the counted ones are used up.
        Assert.True(_gate.TryPass(_turn));
        _spare = 0;
        Assert.False(_gate.TryPass(_turn));
        Assert.False(_gate.IsSuspended);
    }

    [Fact]
    public void A_pass_whose_accept_never_completes_uses_up_no_descriptor()
    {
        // No accept takes the descriptor, so each count finds it.
        _spare = 1;
        for (var i = 0; i < 100; i++)
            Assert.True(_gate.TryPass(_turn));
        Assert.False(_gate.IsSuspended);
    }

    [Fact]
    public void An_old_count_admits_no_acceptor()
    {
        _spare = 16;
        Assert.True(_gate.TryPass(_turn));
        // The application has taken all descriptors since the count.
        _spare = 0;
        _time.Advance(TimeSpan.FromMilliseconds(101));
        Assert.False(_gate.TryPass(_turn));
    }

    [Fact]
    public async Task An_unused_share_expires_while_other_acceptors_wait()
    {
        var waits = _gate.WaitAsync(_turn, error: null, CancellationToken.None);
        Volatile.Write(ref _spare, 8);
        await waits.WaitAsync(Deadline.Limit);
        for (var i = 0; i < 12; i++)
            await WaitAsync().WaitAsync(Deadline.Limit);
        Assert.True(_gate.IsSuspended);
        Assert.False(_gate.TryPass(_turn));
    }

    [Fact]
    public async Task An_unused_share_ends_with_the_shortage()
    {
        var waits = _gate.WaitAsync(_turn, error: null, CancellationToken.None);
        Assert.NotNull(await NextCallbackAsync());
        Volatile.Write(ref _spare, 8);
        await waits.WaitAsync(Deadline.Limit);
        Assert.Null(await NextCallbackAsync());
        Volatile.Write(ref _spare, 0);
        _ = WaitAsync();
        Volatile.Write(ref _spare, 8);
        Assert.False(_gate.TryPass(_turn));
    }

    [Fact]
    public async Task A_listener_that_has_ended_takes_no_share_from_waiting_acceptors()
    {
        var (left, resumed) = (new AcceptTurn(), false);
        _gate.Enter();
        _gate.Wait(left, () => Volatile.Write(ref resumed, true));
        var waits = WaitAsync();
        _gate.Leave(left);
        Volatile.Write(ref _spare, 1);
        await waits.WaitAsync(Deadline.Limit);
        Assert.False(Volatile.Read(ref resumed));
    }

    [Fact]
    public async Task A_waiting_acceptor_resumes_when_a_descriptor_is_free_and_each_callback_is_called_once()
    {
        var (first, second) = (WaitAsync(), WaitAsync());
        Assert.True(_gate.IsSuspended);
        Assert.IsType<IOException>(await NextCallbackAsync());
        Assert.False(first.IsCompleted);
        Volatile.Write(ref _spare, 2);
        await Task.WhenAll(first, second).WaitAsync(Deadline.Limit);
        // The shortage lasts while an acceptor waits again and again.
        for (var i = 0; i < 3; i++)
            await WaitAsync().WaitAsync(Deadline.Limit);
        Assert.Null(await NextCallbackAsync());
        Assert.False(_gate.IsSuspended);
        Assert.False(_callbacks.Reader.TryRead(out _));
    }

    [Fact]
    public async Task During_a_shortage_acceptors_take_turns()
    {
        var turns = new[] { new AcceptTurn(), new AcceptTurn(), new AcceptTurn() };
        var order = Channel.CreateUnbounded<int>();
        for (var i = 0; i < turns.Length; i++)
        {
            var acceptor = i;
            _gate.Wait(turns[i], () => Pass(acceptor));
        }

        // One descriptor becomes free at a time. The acceptors get them in turn.
        using var deadline = Deadline.Start();
        for (var i = 0; i < 7; i++)
        {
            Volatile.Write(ref _spare, 1);
            Assert.Equal(i % 3, await order.Reader.ReadAsync(deadline.Token));
        }

        // Many descriptors become free and are distributed. An acceptor that has not waited gets no share.
        Assert.False(_gate.TryPass(_turn));
        Volatile.Write(ref _spare, 30);
        var passed = new int[turns.Length];
        for (var i = 0; i < 30; i++)
            passed[await order.Reader.ReadAsync(deadline.Token)]++;
        Assert.Equal([10, 10, 10], passed);

        void Pass(int acceptor)
        {
            while (_gate.TryPass(turns[acceptor]))
            {
                Interlocked.Decrement(ref _spare);
                order.Writer.TryWrite(acceptor);
            }

            _gate.Wait(turns[acceptor], () => Pass(acceptor));
        }
    }

    [Fact]
    public async Task An_error_of_accepting_is_the_reported_reason_and_accepting_is_tried_again()
    {
        // Accepting may fail although descriptors are free, and for longer than a shortage takes to end.
        var error = new IOException("Too many open files in system");
        _spare = int.MaxValue;
        for (var i = 0; i < 15; i++)
            await _gate.WaitAsync(_turn, i == 0 ? error : new IOException("again"), CancellationToken.None).WaitAsync(Deadline.Limit);
        Assert.Same(error, await NextCallbackAsync());
        Assert.False(_callbacks.Reader.TryRead(out _));
        Assert.Null(await NextCallbackAsync());
    }

    [Fact]
    public async Task A_shortage_ends_with_the_last_listener_and_another_one_can_begin()
    {
        _ = WaitAsync();
        Assert.NotNull(await NextCallbackAsync());
        _gate.Leave();
        Assert.Null(await NextCallbackAsync());
        _gate.Enter();
        Assert.False(_gate.TryPass(_turn));
        _ = WaitAsync();
        Assert.NotNull(await NextCallbackAsync());
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Connections_wait_while_there_are_no_descriptors(string name)
    {
        using var test = Create(name);
        await using var listener = test.Listener;
        var accepted = Channel.CreateUnbounded<TransportConnection>();
        _spare = 1;
        listener.Start(
            connection =>
            {
                // The first connection has taken the last descriptor.
                Volatile.Write(ref _spare, 0);
                accepted.Writer.TryWrite(connection);
            },
            static _ => { });
        using var first = await Peer.ConnectAsync(listener.EndPoint);
        using var deadline = Deadline.Start();
        var connection = await accepted.Reader.ReadAsync(deadline.Token);
        Assert.NotNull(await NextCallbackAsync());
        using var second = await Peer.ConnectAsync(listener.EndPoint);
        using var third = await Peer.ConnectAsync(listener.EndPoint);
        Assert.True(_gate.IsSuspended);
        Assert.False(accepted.Reader.TryPeek(out _));

        connection.Close();
        Volatile.Write(ref _spare, 1);
        (await accepted.Reader.ReadAsync(deadline.Token)).Close();
        Volatile.Write(ref _spare, 1);
        (await accepted.Reader.ReadAsync(deadline.Token)).Close();
        Volatile.Write(ref _spare, 1);
        Assert.Null(await NextCallbackAsync());
        Assert.False(_callbacks.Reader.TryRead(out _));
    }

    private Task WaitAsync() => _gate.WaitAsync(new AcceptTurn(), error: null, CancellationToken.None);

    private async Task<Exception?> NextCallbackAsync()
    {
        using var deadline = Deadline.Start();
        return await _callbacks.Reader.ReadAsync(deadline.Token);
    }

    private Gated Create(string name)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        if (name == "Sockets" || !OperatingSystem.IsLinux())
            return new Gated(new SocketListener(socket, _gate, TransportOptions.Default, TimeProvider.System), null);
        socket.Blocking = false;
        var loop = new EpollLoop(0);
        return new Gated(new EpollListener(socket, [loop], _gate, TransportOptions.Default, TimeProvider.System), loop);
    }

    private sealed record Gated(TransportListener Listener, IDisposable? Loop) : IDisposable
    {
        public void Dispose() => Loop?.Dispose();
    }
}
