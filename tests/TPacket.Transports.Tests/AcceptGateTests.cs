using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using TPacket.Transports.Epoll;
using TPacket.Transports.Sockets;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests;

/// <summary>Listeners accept as many connections as there are descriptors for, and go on when there are more.</summary>
public sealed class AcceptGateTests : IDisposable
{
    private readonly SocketTransport _transport = new();
    private readonly Channel<Exception?> _told = Channel.CreateUnbounded<Exception?>();
    private readonly AcceptGate _gate;
    private readonly AcceptTurn _turn = new();
    private readonly FakeTimeProvider _time = new();
    private int _spare;

    public AcceptGateTests()
    {
        _transport.Suspended = reason => _told.Writer.TryWrite(reason);
        _transport.Resumed = () => _told.Writer.TryWrite(null);
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
    public void No_more_pass_than_there_are_descriptors_for()
    {
        Assert.False(_gate.TryPass(_turn));
        _spare = 2;
        Assert.True(_gate.TryPass(_turn));
        // Counted again when those that were counted are used up.
        Assert.True(_gate.TryPass(_turn));
        _spare = 0;
        Assert.False(_gate.TryPass(_turn));
        Assert.False(_gate.IsSuspended);
    }

    [Fact]
    public void A_pass_whose_accept_never_completes_takes_no_place()
    {
        // Nothing takes the descriptor: it is counted again.
        _spare = 1;
        for (var i = 0; i < 100; i++)
            Assert.True(_gate.TryPass(_turn));
        Assert.False(_gate.IsSuspended);
    }

    [Fact]
    public void A_count_that_is_old_lets_nobody_pass()
    {
        _spare = 16;
        Assert.True(_gate.TryPass(_turn));
        // The application has taken all descriptors since.
        _spare = 0;
        _time.Advance(TimeSpan.FromMilliseconds(101));
        Assert.False(_gate.TryPass(_turn));
    }

    [Fact]
    public async Task A_share_that_an_acceptor_does_not_use_ends_while_others_wait()
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
    public async Task A_share_that_an_acceptor_does_not_use_ends_with_the_shortage()
    {
        var waits = _gate.WaitAsync(_turn, error: null, CancellationToken.None);
        Assert.NotNull(await ToldAsync());
        Volatile.Write(ref _spare, 8);
        await waits.WaitAsync(Deadline.Limit);
        Assert.Null(await ToldAsync());
        Volatile.Write(ref _spare, 0);
        _ = WaitAsync();
        Volatile.Write(ref _spare, 8);
        Assert.False(_gate.TryPass(_turn));
    }

    [Fact]
    public async Task A_listener_that_has_ended_takes_no_share_from_those_that_wait()
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
    public async Task Who_waits_is_let_on_when_a_descriptor_is_free_and_each_end_is_told_once()
    {
        var (first, second) = (WaitAsync(), WaitAsync());
        Assert.True(_gate.IsSuspended);
        Assert.IsType<IOException>(await ToldAsync());
        Assert.False(first.IsCompleted);
        Volatile.Write(ref _spare, 2);
        await Task.WhenAll(first, second).WaitAsync(Deadline.Limit);
        // The shortage is not over while somebody waits again and again.
        for (var i = 0; i < 3; i++)
            await WaitAsync().WaitAsync(Deadline.Limit);
        Assert.Null(await ToldAsync());
        Assert.False(_gate.IsSuspended);
        Assert.False(_told.Reader.TryRead(out _));
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

        // One descriptor after the other: each acceptor gets one, and then the first one again.
        using var deadline = Deadline.Start();
        for (var i = 0; i < 7; i++)
        {
            Volatile.Write(ref _spare, 1);
            Assert.Equal(i % 3, await order.Reader.ReadAsync(deadline.Token));
        }

        // Many are shared out. An acceptor that has not waited has no share.
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
    public async Task A_failure_is_told_as_the_reason_and_tried_again()
    {
        // However many descriptors the process has left. It may fail for longer than a shortage needs to be over.
        var error = new IOException("Too many open files in system");
        _spare = int.MaxValue;
        for (var i = 0; i < 15; i++)
            await _gate.WaitAsync(_turn, i == 0 ? error : new IOException("again"), CancellationToken.None).WaitAsync(Deadline.Limit);
        Assert.Same(error, await ToldAsync());
        Assert.False(_told.Reader.TryRead(out _));
        Assert.Null(await ToldAsync());
    }

    [Fact]
    public async Task A_shortage_ends_with_the_last_listener_and_the_next_one_begins_anew()
    {
        _ = WaitAsync();
        Assert.NotNull(await ToldAsync());
        _gate.Leave();
        Assert.Null(await ToldAsync());
        _gate.Enter();
        Assert.False(_gate.TryPass(_turn));
        _ = WaitAsync();
        Assert.NotNull(await ToldAsync());
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
                // The first one has taken the last descriptor.
                Volatile.Write(ref _spare, 0);
                accepted.Writer.TryWrite(connection);
            },
            static _ => { });
        using var first = await Peer.ConnectAsync(listener.EndPoint);
        using var deadline = Deadline.Start();
        var connection = await accepted.Reader.ReadAsync(deadline.Token);
        Assert.NotNull(await ToldAsync());
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
        Assert.Null(await ToldAsync());
        Assert.False(_told.Reader.TryRead(out _));
    }

    private Task WaitAsync() => _gate.WaitAsync(new AcceptTurn(), error: null, CancellationToken.None);

    private async Task<Exception?> ToldAsync()
    {
        using var deadline = Deadline.Start();
        return await _told.Reader.ReadAsync(deadline.Token);
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
