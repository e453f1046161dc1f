using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Specifications;

/// <summary>Accepted bytes reach the peer once, completely and in order.</summary>
public abstract class SendingSpecification(Func<Transport> create) : TransportSpecification(create)
{
    private const int MoreThanFits = 64 * 1024 * 1024;

    [Fact]
    public async Task Accepted_bytes_reach_the_peer()
    {
        var (probe, peer) = await ConnectAsync();
        using (peer)
        {
            Assert.Equal(5, probe.Connection.TrySend("hello"u8));
            Assert.Equal("hello"u8.ToArray(), await peer.ReceiveAsync(5));
            Assert.Equal(0, probe.Connection.TrySend([]));
        }
    }

    [Fact]
    public async Task A_full_connection_notifies_when_it_is_writable_and_the_peer_receives_every_byte_in_order()
    {
        const int Total = 30_000_000;
        var bytes = Pattern.Create(MoreThanFits);
        var (probe, peer) = await ConnectAsync();
        using (peer)
        {
            // The connection is full while the peer does not read.
            var sent = SendUntilFull(probe, bytes);
            Assert.InRange(sent, 1, MoreThanFits - (64 * 1024));
            var receiving = peer.ReceiveAsync(Total);
            await probe.WritableAsync();
            while (sent < Total)
            {
                var chunk = bytes.AsMemory(sent, Math.Min(256 * 1024, Total - sent));
                var taken = probe.Connection.TrySend(chunk.Span);
                Assert.InRange(taken, 0, chunk.Length);
                sent += taken;
                if (taken == chunk.Length)
                    continue;
                var alsoTaken = probe.Connection.SendWhenWritable(chunk.Span[taken..]);
                Assert.InRange(alsoTaken, 0, chunk.Length - taken);
                sent += alsoTaken;
                await probe.WritableAsync();
            }

            Assert.Equal(bytes[..Total], await receiving);
        }
    }

    [Fact]
    public async Task Two_spans_reach_the_peer_in_order()
    {
        var (probe, peer) = await ConnectAsync();
        using (peer)
        {
            Assert.Equal(5, probe.Connection.TrySend("hel"u8, "lo"u8));
            Assert.Equal(3, probe.Connection.TrySend("abc"u8, []));
            Assert.Equal(3, probe.Connection.TrySend([], "def"u8));
            Assert.Equal(0, probe.Connection.TrySend([], []));
            Assert.Equal("helloabcdef"u8.ToArray(), await peer.ReceiveAsync(11));
        }
    }

    [Fact]
    public async Task Two_partially_accepted_spans_continue_after_the_accepted_bytes()
    {
        const int Total = 30_000_000;
        const int Head = 28;
        var bytes = Pattern.Create(Total);
        var (probe, peer) = await ConnectAsync();
        using (peer)
        {
            Task<byte[]>? receiving = null;
            for (var sent = 0; sent < Total;)
            {
                var chunk = bytes.AsMemory(sent, Math.Min(100_000, Total - sent));
                var taken = probe.Connection.TrySend(chunk.Span[..Math.Min(Head, chunk.Length)], chunk.Span[Math.Min(Head, chunk.Length)..]);
                Assert.InRange(taken, 0, chunk.Length);
                sent += taken;
                if (taken == chunk.Length)
                    continue;
                // The connection was full at least once.
                receiving ??= peer.ReceiveAsync(Total);
                sent += probe.Connection.SendWhenWritable(chunk.Span[taken..]);
                await probe.WritableAsync();
            }

            Assert.NotNull(receiving);
            Assert.Equal(bytes, await receiving);
        }
    }

    [Fact]
    public async Task Each_request_for_OnWritable_leads_to_one_call()
    {
        var (probe, peer) = await ConnectAsync();
        using (peer)
        {
            var taken = 0;
            for (var i = 1; i <= 50; i++)
            {
                taken += probe.Connection.SendWhenWritable("some"u8);
                await probe.WritableAsync();
            }

            await FenceAsync();
            Assert.Equal(50, probe.Writables);
            Assert.Equal(taken, (await peer.ReceiveAsync(taken)).Length);
        }
    }

    [Fact]
    public async Task OnWritable_can_be_requested_again_within_OnWritable()
    {
        const int Times = 100;
        var finished = new TaskCompletionSource();
        var (probe, peer) = await ConnectAsync(p => p.Writable = p =>
        {
            if (p.Writables < Times)
                p.Connection.SendWhenWritable("x"u8);
            else
                finished.SetResult();
        });
        using (peer)
        {
            probe.Connection.SendWhenWritable("x"u8);
            await finished.Task.WaitAsync(Deadline.Limit);
            await FenceAsync();
            Assert.Equal(Times, probe.Writables);
        }
    }

    [Fact]
    public async Task A_request_during_OnWritable_leads_to_a_call_afterwards()
    {
        const int Times = 100;
        var inside = 0;
        var overlaps = 0;
        var finished = new TaskCompletionSource();
        var (probe, peer) = await ConnectAsync(p => p.Writable = p =>
        {
            if (Interlocked.Increment(ref inside) > 1)
                Interlocked.Increment(ref overlaps);
            if (p.Writables < Times)
                p.Connection.SendWhenWritable("x"u8);
            // Work that was queued before has begun by now, so a thread that makes the next call has met this call.
            using var fence = new ManualResetEventSlim();
            ThreadPool.UnsafeQueueUserWorkItem(static fence => fence.Set(), fence, preferLocal: false);
            Assert.True(fence.Wait(Deadline.Limit));
            Interlocked.Decrement(ref inside);
            if (p.Writables >= Times)
                finished.TrySetResult();
        });
        using (peer)
        {
            probe.Connection.SendWhenWritable("x"u8);
            await finished.Task.WaitAsync(Deadline.Limit);
            await FenceAsync();
            Assert.Equal(Times, probe.Writables);
            Assert.Equal(0, overlaps);
        }
    }

    [Fact]
    public async Task Bytes_are_received_while_a_send_waits()
    {
        var (probe, peer) = await ConnectAsync();
        using (peer)
        {
            var sent = SendUntilFull(probe, new byte[MoreThanFits]);
            await peer.SendAsync("in between"u8.ToArray());
            Assert.Equal("in between"u8.ToArray(), await probe.ReceivedAsync(10));
            await peer.ReceiveAsync(sent);
            await probe.WritableAsync();
        }
    }

    [Fact]
    public async Task A_shutdown_ends_the_peers_input_after_the_accepted_bytes_and_receiving_continues()
    {
        var bytes = Pattern.Create(100_000);
        var (probe, peer) = await ConnectAsync();
        using (peer)
        {
            Assert.Equal(bytes.Length, probe.Connection.TrySend(bytes));
            probe.Connection.ShutdownSend();
            Assert.Equal(bytes, await peer.ReceiveToEndAsync());
            Assert.Equal(-1, probe.Connection.TrySend("x"u8));

            await peer.SendAsync("still"u8.ToArray());
            Assert.Equal("still"u8.ToArray(), await probe.ReceivedAsync(5));
            peer.ShutdownSend();
            await probe.EndOfInputAsync();
            probe.Close();
            Assert.Null(await probe.ClosedAsync());
        }
    }

    [Fact]
    public async Task A_shutdown_follows_the_bytes_of_a_waiting_send_and_an_orderly_end_loses_no_bytes()
    {
        var bytes = Pattern.Create(MoreThanFits);
        var (probe, peer) = await ConnectAsync(static p => p.EndOfInput = static p => p.Close());
        using (peer)
        {
            var sent = SendUntilFull(probe, bytes);
            probe.Connection.ShutdownSend();
            var received = await peer.ReceiveToEndAsync();
            Assert.Equal(sent, received.Length);
            Assert.True(bytes.AsSpan(0, sent).SequenceEqual(received));
            await probe.WritableAsync();
            Assert.Equal(-1, probe.Connection.TrySend("x"u8));

            await peer.SendAsync("still"u8.ToArray());
            Assert.Equal("still"u8.ToArray(), await probe.ReceivedAsync(5));
            Assert.Equal(0, probe.Closes);
            peer.ShutdownSend();
            Assert.Null(await probe.ClosedAsync());
        }
    }

    [Fact]
    public async Task A_shutdown_at_the_end_of_a_wait_truncates_nothing()
    {
        for (var i = 0; i < 200; i++)
        {
            var (probe, peer) = await ConnectAsync();
            using (peer)
            {
                // The wait for a writable socket ends at once, so that it may end at the same time as the shutdown.
                var taken = probe.Connection.SendWhenWritable("some"u8);
                probe.Connection.ShutdownSend();
                Assert.Equal("some"u8[..taken].ToArray(), await peer.ReceiveToEndAsync());
                await probe.WritableAsync();
            }
        }
    }

    [Fact]
    public async Task A_close_within_OnWritable_loses_no_bytes()
    {
        var bytes = Pattern.Create(MoreThanFits);
        var (probe, peer) = await ConnectAsync(static p => p.Writable = static p => p.Close());
        using (peer)
        {
            var sent = SendUntilFull(probe, bytes);
            var received = await peer.ReceiveToEndAsync();
            Assert.Equal(sent, received.Length);
            Assert.True(bytes.AsSpan(0, sent).SequenceEqual(received));
            Assert.Null(await probe.ClosedAsync());
        }
    }

    [Fact]
    public async Task A_send_after_a_shutdown_does_not_fail_the_connection()
    {
        var (probe, peer) = await ConnectAsync();
        using (peer)
        {
            probe.Connection.ShutdownSend();
            Assert.Equal(-1, probe.Connection.TrySend("x"u8));
            peer.ShutdownSend();
            await probe.EndOfInputAsync();
            Assert.Equal(-1, probe.Connection.TrySend("x"u8));
            await FenceAsync();
            Assert.Equal(0, probe.Closes);
            probe.Close();
            Assert.Null(await probe.ClosedAsync());
        }
    }

    [Fact]
    public async Task No_request_for_OnWritable_is_accepted_after_the_end()
    {
        for (var i = 0; i < 50; i++)
        {
            var (probe, peer) = await ConnectAsync();
            using (peer)
            {
                probe.Close();
                await probe.ClosedAsync();
                Assert.Equal(0, probe.Connection.SendWhenWritable("x"u8));
            }
        }

        await FenceAsync();
    }

    [Fact]
    public async Task No_bytes_are_accepted_after_the_end()
    {
        if (!Resets)
            return;
        var (closed, peer) = await ConnectAsync();
        closed.Close();
        await closed.ClosedAsync();
        var (reset, another) = await ConnectAsync();
        another.Reset();
        await reset.ClosedAsync();
        foreach (var probe in new[] { closed, reset })
        {
            Assert.Equal(-1, probe.Connection.TrySend("x"u8));
            Assert.Equal(-1, probe.Connection.TrySend("x"u8));
            probe.Connection.ShutdownSend();
            probe.Connection.ResumeReceiving();
            Assert.Null(probe.Connection.LocalEndPoint);
        }

        peer.Dispose();
    }
}
