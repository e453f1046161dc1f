using Microsoft.Extensions.Time.Testing;
using TPacket.Transports.Streams;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Streams;

/// <summary>A connection over a stream has a bounded buffer and ends in bounded time when the peer does not read.</summary>
public class StreamConnectionTests : IAsyncLifetime
{
    private readonly Rented _rented = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedConnection _peer = new();
    private readonly StreamConnection _connection;
    private readonly Probe _probe;

    public StreamConnectionTests()
    {
        var stream = new TransportStream(_peer);
        stream.Start();
        _connection = new StreamConnection(stream, _peer.LocalEndPoint, _peer.RemoteEndPoint, _time);
        _probe = new Probe(_connection);
    }

    public Task InitializeAsync()
    {
        _connection.Start(_probe);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _probe.Close();
        await _probe.ClosedAsync();
        _time.Advance(_connection.Linger);
        await _rented.ReturnedAsync();
        Assert.Empty(_probe.Breaches);
        Assert.Equal(1, _probe.Closes);
    }

    [Fact]
    public async Task A_blocked_stream_accepts_no_more_bytes_than_the_buffer_holds()
    {
        _peer.Room = 0;
        var bytes = Pattern.Create(200_000);
        Assert.Equal(StreamSender.Capacity, _connection.TrySend(bytes));
        Assert.Equal(0, _connection.TrySend(bytes));
        Assert.Equal(0, _connection.SendWhenWritable(bytes));
        Assert.Equal(0, _probe.Writables);
        _peer.BecomeWritable(room: int.MaxValue);
        await _probe.WritableAsync();
        Assert.Equal(bytes[..StreamSender.Capacity], _peer.Sent);
        Assert.Equal(bytes.Length, _connection.TrySend(bytes));
        Assert.Equal(bytes, _peer.Sent[StreamSender.Capacity..]);
    }

    [Fact]
    public void Bytes_that_are_sent_during_a_write_leave_in_order_with_the_next_write()
    {
        _peer.Room = 3;
        Assert.Equal(5, _connection.TrySend("hello"u8));
        Assert.Equal(1, _connection.TrySend(" "u8));
        Assert.Equal(5, _connection.TrySend("world"u8));
        Assert.Equal("hel"u8.ToArray(), _peer.Sent);
        _peer.BecomeWritable(room: 4);
        Assert.Equal("hello w"u8.ToArray(), _peer.Sent);
        _peer.BecomeWritable(room: int.MaxValue);
        Assert.Equal("hello world"u8.ToArray(), _peer.Sent);
    }

    [Fact]
    public void A_shutdown_waits_for_the_accepted_bytes()
    {
        _peer.Room = 0;
        Assert.Equal(5, _connection.TrySend("hello"u8));
        _connection.ShutdownSend();
        Assert.Equal(-1, _connection.TrySend("x"u8));
        Assert.False(_peer.IsShutDown);
        _peer.BecomeWritable(room: int.MaxValue);
        Assert.Equal("hello"u8.ToArray(), _peer.Sent);
        Assert.True(_peer.IsShutDown);
    }

    [Fact]
    public async Task Close_notifies_at_once_and_writes_the_accepted_bytes_when_the_peer_reads()
    {
        _peer.Room = 0;
        Assert.Equal(5, _connection.TrySend("hello"u8));
        _probe.Close();
        Assert.Null(await _probe.ClosedAsync());
        Assert.Equal(0, _peer.Closes);
        Assert.Null(_connection.LocalEndPoint);
        Assert.Equal(_peer.RemoteEndPoint, _connection.RemoteEndPoint);
        _peer.BecomeWritable(room: int.MaxValue);
        await _rented.ReturnedAsync();
        Assert.Equal("hello"u8.ToArray(), _peer.Sent);
        await ClosedAsync();
    }

    [Fact]
    public async Task Close_waits_no_longer_than_Linger_for_a_peer_that_does_not_read()
    {
        _peer.Room = 0;
        Assert.Equal(5, _connection.TrySend("hello"u8));
        _probe.Close();
        Assert.Null(await _probe.ClosedAsync());
        _time.Advance(_connection.Linger - TimeSpan.FromTicks(1));
        Assert.Equal(0, _peer.Closes);
        // The wait may begin a little after the notification.
        await ClosedAsync(_connection.Linger);
        Assert.Empty(_peer.Sent);
    }

    [Fact]
    public async Task A_failed_write_ends_the_connection()
    {
        _peer.Room = -1;
        Assert.Equal(-1, _connection.TrySend("hello"u8));
        Assert.IsType<IOException>(await _probe.ClosedAsync());
        await ClosedAsync();
    }

    [Fact]
    public async Task A_connection_that_is_closed_without_a_start_disposes_of_its_stream()
    {
        var stream = new StubbornStream();
        new StreamConnection(stream).Close();
        await DisposedAsync(stream);
    }

    [Fact]
    public async Task A_stream_without_cancellable_reads_is_ended_by_its_disposal()
    {
        var stream = new StubbornStream();
        var probe = new Probe(new StreamConnection(stream));
        probe.Connection.Start(probe);
        Assert.Equal(2, probe.Connection.TrySend("ok"u8));
        probe.Connection.ShutdownSend();
        probe.Close();
        Assert.Null(await probe.ClosedAsync());
        await DisposedAsync(stream);
    }

    [Fact]
    public async Task A_write_that_fails_while_a_read_waits_is_reported_with_its_exception()
    {
        var error = new IOException("full");
        var stream = new StubbornStream { WriteError = error };
        var probe = new Probe(new StreamConnection(stream));
        probe.Connection.Start(probe);
        Assert.Equal(-1, probe.Connection.TrySend("x"u8));
        Assert.Same(error, await probe.ClosedAsync());
        await DisposedAsync(stream);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_ends_even_if_its_stream_throws_on_disposal(bool afterAFault)
    {
        var fault = afterAFault ? new IOException("full") : null;
        var stream = new StubbornStream { WriteError = fault, DisposeError = new InvalidOperationException("busy") };
        var probe = new Probe(new StreamConnection(stream));
        probe.Connection.Start(probe);
        if (afterAFault)
            Assert.Equal(-1, probe.Connection.TrySend("x"u8));
        else
            probe.Close();
        Assert.Same(fault, await probe.ClosedAsync());
        await DisposedAsync(stream);
    }

    private static async Task DisposedAsync(StubbornStream stream)
    {
        using var deadline = Deadline.Start();
        while (!stream.IsDisposed)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task ClosedAsync(TimeSpan step = default)
    {
        using var deadline = Deadline.Start();
        while (_peer.Closes == 0)
        {
            _time.Advance(step);
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
