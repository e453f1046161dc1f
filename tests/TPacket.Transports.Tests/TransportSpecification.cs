using System.Net;
using System.Net.Sockets;
using TPacket.Transports.Tests.Support;

namespace TPacket.Transports.Tests;

/// <summary>What every transport keeps to, whatever it is made of. The peers are plain sockets.</summary>
public abstract class TransportSpecification : IDisposable
{
    private readonly Lazy<Transport> _transport;

    protected TransportSpecification() => _transport = new Lazy<Transport>(Create);

    protected abstract Transport Create();

    private Transport Transport => _transport.Value;

    public void Dispose()
    {
        if (_transport.IsValueCreated)
            _transport.Value.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(5_000_000)]
    public async Task Bytes_arrive_whole_and_in_order(int length)
    {
        await using var pair = new Pair(Transport);
        var (peer, handler) = await pair.ConnectAsync();
        using var _ = peer;
        var sent = Pattern(length);

        var sending = peer.SendAsync(sent).WaitAsync(TimeSpan.FromSeconds(30));
        await handler.HasReceived(length).Within();
        await sending;

        Assert.Equal(sent, handler.Bytes);
        Assert.Equal(0, handler.Overlaps);
    }

    [Fact]
    public async Task What_a_full_socket_does_not_take_is_sent_when_it_is_writable()
    {
        await using var pair = new Pair(Transport);
        var (peer, handler) = await pair.ConnectAsync();
        using var _ = peer;
        var owed = Pattern(20_000_000);
        var sent = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waits = 0;

        void Write()
        {
            while (sent < owed.Length)
            {
                var taken = handler.Connection.TrySend(owed.AsSpan(sent));
                Assert.InRange(taken, 0, owed.Length - sent);
                sent += taken;
                if (sent < owed.Length)
                {
                    waits++;
                    sent += handler.Connection.SendWhenWritable(owed.AsSpan(sent));
                    return;
                }
            }

            done.TrySetResult();
        }

        handler.Writable = Write;
        Write();
        Assert.True(waits > 0, "The socket took everything at once.");
        var received = await peer.ReceiveExactlyAsync(owed.Length);
        await done.Task.Within();

        Assert.Equal(owed, received);
    }

    [Fact]
    public async Task A_peer_that_ends_its_stream_can_still_be_answered()
    {
        await using var pair = new Pair(Transport);
        var (peer, handler) = await pair.ConnectAsync();
        using var _ = peer;
        peer.Shutdown(SocketShutdown.Send);
        await handler.Ended.Within();

        Assert.Equal(3, handler.Connection.TrySend([1, 2, 3]));
        handler.Connection.Close();

        Assert.Equal([1, 2, 3], await peer.ReceiveToEndAsync());
        Assert.Null(await handler.Closed.Within());
        Assert.Equal((1, 1), (handler.Endings, handler.Closings));
    }

    [Fact]
    public async Task After_the_sending_side_is_shut_down_receiving_goes_on()
    {
        await using var pair = new Pair(Transport);
        var (peer, handler) = await pair.ConnectAsync();
        using var _ = peer;
        handler.Connection.TrySend([1]);
        handler.Connection.ShutdownSend();
        Assert.Equal([1], await peer.ReceiveToEndAsync());

        await peer.SendAsync(new byte[] { 2 });
        await handler.HasReceived(1).Within();
        peer.Shutdown(SocketShutdown.Send);
        await handler.Ended.Within();
        handler.Connection.Close();
        Assert.Null(await handler.Closed.Within());
    }

    [Fact]
    public async Task A_reset_is_told_as_an_error()
    {
        await using var pair = new Pair(Transport);
        var (peer, handler) = await pair.ConnectAsync();
        peer.Reset();
        Assert.NotNull(await handler.Closed.Within());
        Assert.Equal(-1, handler.Connection.TrySend([1]));
        Assert.Equal(1, handler.Closings);
    }

    [Fact]
    public async Task A_close_from_the_handler_is_told_when_the_handler_has_returned()
    {
        await using var pair = new Pair(Transport, connection => new RecordingHandler(connection)
        {
            Received = static (c, _) =>
            {
                c.Close();
                c.Close();
            },
        });
        var (peer, handler) = await pair.ConnectAsync();
        using var _ = peer;
        await peer.SendAsync(new byte[] { 1 });
        Assert.Null(await handler.Closed.Within());
        Assert.Equal((0, 1), (handler.Overlaps, handler.Closings));
        Assert.Empty(await peer.ReceiveToEndAsync());
    }

    [Fact]
    public async Task A_close_before_the_first_byte_from_another_thread_is_told_once()
    {
        await using var pair = new Pair(Transport);
        var (peer, handler) = await pair.ConnectAsync();
        using var _ = peer;
        Parallel.For(0, 8, _ => handler.Connection.Close());
        Assert.Null(await handler.Closed.Within());
        Assert.Empty(await peer.ReceiveToEndAsync());
        Assert.Equal(1, handler.Closings);
        Assert.Equal(-1, handler.Connection.TrySend([1]));
    }

    [Fact]
    public async Task A_close_while_paused_is_told()
    {
        await using var pair = new Pair(Transport, connection => new RecordingHandler(connection) { Received = static (c, _) => c.PauseReceiving() });
        var (peer, handler) = await pair.ConnectAsync();
        using var _ = peer;
        await peer.SendAsync(new byte[] { 1 });
        await handler.HasReceived(1).Within();
        handler.Connection.Close();
        Assert.Null(await handler.Closed.Within());
        Assert.Equal(1, handler.Closings);
    }

    [Fact]
    public async Task Pausing_and_resuming_loses_and_doubles_nothing()
    {
        await using var pair = new Pair(Transport, connection => new RecordingHandler(connection)
        {
            Received = static (c, _) =>
            {
                c.PauseReceiving();
                ThreadPool.UnsafeQueueUserWorkItem(static c => c.ResumeReceiving(), c, preferLocal: false);
            },
        });
        var (peer, handler) = await pair.ConnectAsync();
        using var _ = peer;
        var sent = Pattern(200_000);
        for (var i = 0; i < sent.Length; i += 100)
            await peer.SendAsync(sent.AsMemory(i, 100));
        await handler.HasReceived(sent.Length).Within();
        Assert.Equal(sent, handler.Bytes);
        Assert.Equal(0, handler.Overlaps);
    }

    [Fact]
    public async Task While_paused_nothing_is_delivered()
    {
        await using var pair = new Pair(Transport, connection => new RecordingHandler(connection) { Received = static (c, _) => c.PauseReceiving() });
        var (peer, handler) = await pair.ConnectAsync();
        var (witness, witnessHandler) = await pair.ConnectAsync();
        using var _ = peer;
        using var __ = witness;
        await peer.SendAsync(new byte[] { 1 });
        await handler.HasReceived(1).Within();
        await peer.SendAsync(new byte[] { 2 });
        // What was sent later to another connection has arrived: the paused one would have been told by now.
        await witness.SendAsync(new byte[] { 1 });
        await witnessHandler.HasReceived(1).Within();
        Assert.Equal([1], handler.Bytes);
        handler.Connection.ResumeReceiving();
        await handler.HasReceived(2).Within();
        Assert.Equal([1, 2], handler.Bytes);
    }

    [Fact]
    public async Task A_handler_that_throws_costs_its_own_connection_only()
    {
        await using var pair = new Pair(Transport, connection => new RecordingHandler(connection)
        {
            Received = static (_, bytes) =>
            {
                if (bytes[0] == 0xFF)
                    throw new InvalidOperationException("a fault of the handler");
            },
        });
        var (peer, handler) = await pair.ConnectAsync();
        var (other, otherHandler) = await pair.ConnectAsync();
        using var _ = peer;
        using var __ = other;
        await peer.SendAsync(new byte[] { 0xFF });
        Assert.IsType<InvalidOperationException>(await handler.Closed.Within());
        await other.SendAsync(new byte[] { 1 });
        await otherHandler.HasReceived(1).Within();
    }

    [Fact]
    public async Task Bytes_never_reach_a_connection_that_they_were_not_meant_for()
    {
        // Descriptors are used again at once: a write that comes too late would reach whoever has the number now.
        await using var pair = new Pair(Transport);
        await Parallel.ForAsync(0, 400, async (_, _) =>
        {
            var (peer, handler) = await pair.ConnectAsync();
            using var owned = peer;
            var port = ((IPEndPoint)peer.LocalEndPoint!).Port;
            byte[] name = [(byte)(port >> 8), (byte)port];
            var writing = Task.Run(
                () =>
                {
                    while (handler.Connection.TrySend(name) >= 0)
                    {
                    }
                },
                CancellationToken.None);
            var seen = await peer.ReceiveExactlyAsync(64);
            handler.Connection.Close();
            await writing.Within();
            Assert.All(Enumerable.Range(0, 32), k => Assert.Equal(name, seen[(2 * k)..((2 * k) + 2)]));
            await handler.Closed.Within();
        });
    }

    private static byte[] Pattern(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
