using System.Net.Sockets;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Specifications;

/// <summary>However a connection ends, its handler is notified exactly once, at last, and never on the stack of Close.</summary>
public abstract class ClosingSpecification(Func<Transport> create) : TransportSpecification(create)
{
    [Fact]
    public async Task A_connection_is_closed_within_OnReceived()
    {
        var (probe, peer) = await ConnectAsync(static p => p.Received = static (p, _) => p.Close());
        using (peer)
        {
            await peer.SendAsync("x"u8.ToArray());
            Assert.Null(await probe.ClosedAsync());
            Assert.Empty(await peer.ReceiveToEndAsync());
        }
    }

    [Fact]
    public async Task A_connection_is_closed_at_the_end_of_input()
    {
        var (probe, peer) = await ConnectAsync(static p => p.EndOfInput = static p => p.Close());
        using (peer)
        {
            peer.ShutdownSend();
            Assert.Null(await probe.ClosedAsync());
            Assert.Empty(await peer.ReceiveToEndAsync());
        }
    }

    [Fact]
    public async Task A_connection_is_closed_within_OnWritable()
    {
        var (probe, peer) = await ConnectAsync(static p => p.Writable = static p => p.Close());
        using (peer)
        {
            probe.Connection.SendWhenWritable("x"u8);
            Assert.Null(await probe.ClosedAsync());
            await peer.ReceiveToEndAsync();
        }
    }

    [Fact]
    public async Task A_connection_is_closed_before_the_first_byte()
    {
        var (probe, peer) = await ConnectAsync();
        using (peer)
        {
            probe.Close();
            Assert.Null(await probe.ClosedAsync());
            Assert.Empty(await peer.ReceiveToEndAsync());
        }
    }

    [Fact]
    public async Task A_connection_is_closed_before_its_start()
    {
        var (probe, peer) = await ConnectUnstartedAsync();
        using (peer)
        {
            probe.Close();
            Assert.Empty(await peer.ReceiveToEndAsync());
            // The connection was closed without a handler.
            await FenceAsync();
            probe.Start();
            Assert.Null(await probe.ClosedAsync());
            Assert.Equal(-1, probe.Connection.TrySend("x"u8));
            await FenceAsync();
        }
    }

    [Fact]
    public async Task The_accepted_callback_closes_a_connection_before_its_start()
    {
        var (probe, peer) = await ConnectAsync(static p => p.Close());
        using (peer)
        {
            Assert.Null(await probe.ClosedAsync());
            Assert.Empty(await peer.ReceiveToEndAsync());
        }
    }

    [Fact]
    public async Task Another_thread_closes_a_connection_during_its_start()
    {
        for (var i = 0; i < 100; i++)
        {
            var (probe, peer) = await ConnectUnstartedAsync();
            using (peer)
            {
                await Task.WhenAll(Task.Run(probe.Close), Task.Run(probe.Start));
                Assert.Null(await probe.ClosedAsync());
            }
        }
    }

    [Fact]
    public async Task A_connection_is_closed_right_after_its_start_while_it_may_be_receiving()
    {
        for (var i = 0; i < 100; i++)
        {
            var (probe, peer) = await ConnectAsync();
            using (peer)
            {
                await peer.SendAsync("x"u8.ToArray());
                probe.Close();
                Assert.Null(await probe.ClosedAsync());
            }
        }
    }

    [Fact]
    public async Task A_connection_is_closed_during_a_pause()
    {
        var (probe, peer) = await ConnectAsync(static p => p.Received = static (p, _) => p.Connection.PauseReceiving());
        using (peer)
        {
            await peer.SendAsync("x"u8.ToArray());
            await probe.ReceivedAsync(1);
            await FenceAsync();
            probe.Close();
            Assert.Null(await probe.ClosedAsync());
        }
    }

    [Fact]
    public async Task Another_thread_closes_a_connection_while_it_pauses_and_resumes()
    {
        for (var i = 0; i < 200; i++)
        {
            var (probe, peer) = await ConnectAsync(static p => p.Received = static (p, _) => p.Connection.PauseReceiving());
            using (peer)
            {
                await peer.SendAsync("x"u8.ToArray());
                await probe.ReceivedAsync(1);
                await Task.WhenAll(Task.Run(probe.Connection.ResumeReceiving), Task.Run(probe.Close), Task.Run(probe.Connection.ResumeReceiving));
                Assert.Null(await probe.ClosedAsync());
            }
        }
    }

    [Fact]
    public async Task A_connection_is_paused_after_its_close()
    {
        for (var i = 0; i < 100; i++)
        {
            var pause = i * 1_000;
            var (probe, peer) = await ConnectAsync(p => p.Received = (p, _) =>
            {
                p.Close();
                // The close progresses further in each round.
                Thread.SpinWait(pause);
                p.Connection.PauseReceiving();
            });
            using (peer)
            {
                await peer.SendAsync("x"u8.ToArray());
                Assert.Null(await probe.ClosedAsync());
            }
        }
    }

    [Fact]
    public async Task A_connection_is_closed_while_a_send_waits()
    {
        var (probe, peer) = await ConnectAsync();
        using (peer)
        {
            var bytes = Pattern.Create(64 * 1024 * 1024);
            var sent = SendUntilFull(probe, bytes);
            probe.Close();
            Assert.Null(await probe.ClosedAsync());
            Assert.Equal(-1, probe.Connection.TrySend("x"u8));
            var received = await peer.ReceiveToEndAsync();
            Assert.InRange(received.Length, 1, sent);
            Assert.True(bytes.AsSpan(0, received.Length).SequenceEqual(received));
        }
    }

    [Fact]
    public async Task An_abort_while_a_send_waits_sends_a_reset()
    {
        var (probe, peer) = await ConnectAsync();
        using (peer)
        {
            SendUntilFull(probe, new byte[64 * 1024 * 1024]);
            await AbortAsync(probe, peer);
            Assert.Equal(-1, probe.Connection.TrySend("x"u8));
        }
    }

    [Fact]
    public async Task An_abort_after_a_shutdown_with_bytes_in_the_system_sends_a_reset()
    {
        var (probe, peer) = await ConnectAsync();
        using (peer)
        {
            while (probe.Connection.TrySend(new byte[64 * 1024]) > 0)
            {
            }

            probe.Connection.ShutdownSend();
            await AbortAsync(probe, peer);
        }
    }

    [Fact]
    public async Task An_abort_after_a_shutdown_that_waits_for_the_peer_sends_a_reset()
    {
        var (probe, peer) = await ConnectAsync();
        using (peer)
        {
            SendUntilFull(probe, new byte[64 * 1024 * 1024]);
            probe.Connection.ShutdownSend();
            await AbortAsync(probe, peer);
        }
    }

    [Fact]
    public async Task A_connection_is_aborted_before_its_start()
    {
        var (probe, peer) = await ConnectUnstartedAsync();
        using (peer)
        {
            probe.Abort();
            await FenceAsync();
            probe.Start();
            Assert.Null(await probe.ClosedAsync());
            await FenceAsync();
        }
    }

    [Fact]
    public async Task Many_threads_abort_and_close_a_connection_at_once()
    {
        for (var i = 0; i < 100; i++)
        {
            var (probe, peer) = await ConnectAsync();
            using (peer)
            {
                await peer.SendAsync("x"u8.ToArray());
                await Task.WhenAll(Task.Run(probe.Close), Task.Run(probe.Abort), Task.Run(probe.Close), Task.Run(probe.Abort));
                Assert.Null(await probe.ClosedAsync());
                probe.Abort();
                probe.Close();
            }
        }
    }

    [Fact]
    public async Task Many_threads_close_a_connection_at_once()
    {
        for (var i = 0; i < 100; i++)
        {
            var (probe, peer) = await ConnectAsync();
            using (peer)
            {
                await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(probe.Close)));
                Assert.Null(await probe.ClosedAsync());
                probe.Close();
            }
        }
    }

    [Fact]
    public async Task A_connection_is_closed_while_the_peer_resets_or_ends_it()
    {
        for (var i = 0; i < 200; i++)
        {
            var (probe, peer) = await ConnectAsync(static p => p.EndOfInput = static p => p.Close());
            await Task.WhenAll(Task.Run(probe.Close), Task.Run(i % 2 == 0 ? peer.Reset : peer.ShutdownSend));
            await probe.ClosedAsync();
            peer.Dispose();
        }
    }

    [Fact]
    public async Task Accepted_bytes_are_still_sent_after_Close()
    {
        var bytes = Pattern.Create(200_000);
        for (var i = 0; i < 20; i++)
        {
            var (probe, peer) = await ConnectAsync();
            using (peer)
            {
                var taken = probe.Connection.TrySend(bytes);
                probe.Close();
                Assert.Equal(bytes[..taken], await peer.ReceiveToEndAsync());
            }
        }
    }

    [Fact]
    public async Task A_reset_by_the_peer_is_reported_with_an_exception()
    {
        if (!Resets)
            return;
        var (probe, peer) = await ConnectAsync();
        peer.Reset();
        Assert.NotNull(await probe.ClosedAsync());
        probe.Close();
    }

    [Fact]
    public async Task A_reset_while_a_send_waits_is_reported_with_an_exception()
    {
        if (!Resets)
            return;
        var (probe, peer) = await ConnectAsync();
        SendUntilFull(probe, new byte[64 * 1024 * 1024]);
        peer.Reset();
        Assert.NotNull(await probe.ClosedAsync());
        Assert.Equal(-1, probe.Connection.TrySend("x"u8));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reset_that_a_send_has_received_first_is_reported_with_an_exception(bool afterTheEndOfInput)
    {
        // The system reports an error to the send and does not report it again.
        var (probe, peer) = await ConnectAsync(static p => p.Received = static (p, _) => p.Connection.PauseReceiving());
        if (afterTheEndOfInput)
        {
            peer.ShutdownSend();
            await probe.EndOfInputAsync();
        }
        else
        {
            await peer.SendAsync("x"u8.ToArray());
            await probe.ReceivedAsync(1);
        }

        // On the thread of an event loop. With one loop, no other thread can receive the reset first.
        var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (_, witness) = await ConnectAsync(p => p.Received = (_, _) =>
        {
            using var deadline = Deadline.Start();
            peer.Reset();
            while (probe.Connection.TrySend("x"u8) >= 0)
                deadline.Token.ThrowIfCancellationRequested();
            // A further send returns the same result and changes nothing.
            Assert.Equal(-1, probe.Connection.TrySend("x"u8));
            met.SetResult();
        });
        using (witness)
        {
            using var deadline = Deadline.Start();
            await witness.SendAsync("x"u8.ToArray());
            // A receive before the send could read the end of a Unix domain socket as the end of the input.
            await met.Task.WaitAsync(deadline.Token);
            if (!afterTheEndOfInput)
                probe.Connection.ResumeReceiving();
            Assert.NotNull(await probe.ClosedAsync());
            if (!ReadsBesideSends)
                Assert.Equal(afterTheEndOfInput ? 1 : 0, probe.EndsOfInput);
        }
    }

    [Fact]
    public async Task A_reset_during_a_pause_is_reported_with_an_exception_at_the_latest_after_the_pause()
    {
        if (!Resets)
            return;
        var (probe, peer) = await ConnectAsync(static p => p.Received = static (p, _) => p.Connection.PauseReceiving());
        await peer.SendAsync("x"u8.ToArray());
        await probe.ReceivedAsync(1);
        peer.Reset();
        await FenceAsync();
        probe.Connection.ResumeReceiving();
        Assert.NotNull(await probe.ClosedAsync());
    }

    /// <summary>Aborts a connection. The peer receives a reset if the transport has one.</summary>
    private async Task AbortAsync(Probe probe, Peer peer)
    {
        probe.Abort();
        Assert.Null(await probe.ClosedAsync());
        if (Resets)
            await Assert.ThrowsAsync<SocketException>(peer.ReceiveToEndAsync);
    }
}
