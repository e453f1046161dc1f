using System.Threading.Channels;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Specifications;

/// <summary>The handler receives the peer's bytes once, completely and in order.</summary>
public abstract class ReceivingSpecification(Func<Transport> create) : TransportSpecification(create)
{
    [Fact]
    public async Task A_few_bytes_are_received()
    {
        var (probe, peer) = await ConnectAsync();
        using (peer)
        {
            await peer.SendAsync("hello"u8.ToArray());
            Assert.Equal("hello"u8.ToArray(), await probe.ReceivedAsync(5));
        }
    }

    [Fact]
    public async Task Many_small_pieces_are_received_in_order()
    {
        var bytes = Pattern.Create(20_000);
        var (probe, peer) = await ConnectAsync();
        using (peer)
        {
            for (var sent = 0; sent < bytes.Length; sent += 10)
                await peer.SendAsync(bytes.AsMemory(sent, 10));
            Assert.Equal(bytes, await probe.ReceivedAsync(bytes.Length));
        }
    }

    [Fact]
    public async Task Megabytes_in_pieces_of_different_sizes_are_received_in_order()
    {
        var bytes = Pattern.Create(6_000_000);
        var sizes = new Random(2);
        var (probe, peer) = await ConnectAsync();
        using (peer)
        {
            for (var sent = 0; sent < bytes.Length;)
            {
                var size = Math.Min(sizes.Next(1, 300_000), bytes.Length - sent);
                await peer.SendAsync(bytes.AsMemory(sent, size));
                sent += size;
            }

            Assert.Equal(bytes, await probe.ReceivedAsync(bytes.Length));
        }
    }

    [Fact]
    public async Task Input_is_reported_as_unread_until_it_is_read()
    {
        using var entered = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var (probe, peer) = await ConnectAsync(p => p.Received = (_, _) =>
        {
            entered.Set();
            Assert.True(release.Wait(Deadline.Limit));
        });
        using (peer)
        {
            Assert.False(probe.Connection.HasUnreadInput);
            await peer.SendAsync("a"u8.ToArray());
            await Task.Run(() => Assert.True(entered.Wait(Deadline.Limit)));
            await peer.SendAsync("b"u8.ToArray());
            try
            {
                await BecomesAsync(probe, ReportsUnreadInput);
            }
            finally
            {
                release.Set();
            }

            Assert.Equal("ab"u8.ToArray(), await probe.ReceivedAsync(2));
            await BecomesAsync(probe, hasUnreadInput: false);
        }
    }

    [Fact]
    public async Task Input_during_a_pause_is_not_reported_as_unread()
    {
        var (probe, peer) = await ConnectAsync(static p => p.Received = static (p, _) => p.Connection.PauseReceiving());
        using (peer)
        {
            await peer.SendAsync("a"u8.ToArray());
            await probe.ReceivedAsync(1);
            await BecomesAsync(probe, hasUnreadInput: false);
            await peer.SendAsync("b"u8.ToArray());
            await FenceAsync();
            Assert.False(probe.Connection.HasUnreadInput);
            probe.Connection.ResumeReceiving();
            await probe.ReceivedAsync(2);
        }
    }

    [Fact]
    public async Task A_delivered_end_of_input_is_not_reported_as_unread()
    {
        var (probe, peer) = await ConnectAsync();
        using (peer)
        {
            peer.ShutdownSend();
            await probe.EndOfInputAsync();
            await BecomesAsync(probe, hasUnreadInput: false);
            await FenceAsync();
            Assert.False(probe.Connection.HasUnreadInput);
        }

        probe.Close();
        await probe.ClosedAsync();
        Assert.False(probe.Connection.HasUnreadInput);
    }

    [Fact]
    public async Task The_handler_may_change_the_received_bytes()
    {
        var (probe, peer) = await ConnectAsync(static p => p.Received = static (_, bytes) => bytes.Clear());
        using (peer)
        {
            await peer.SendAsync("first"u8.ToArray());
            await probe.ReceivedAsync(5);
            await peer.SendAsync("second"u8.ToArray());
            Assert.Equal("firstsecond"u8.ToArray(), await probe.ReceivedAsync(11));
        }
    }

    [Fact]
    public async Task The_end_of_input_is_delivered_once_after_the_bytes_and_sending_still_works()
    {
        var bytes = Pattern.Create(1_000_000);
        var (probe, peer) = await ConnectAsync();
        using (peer)
        {
            await peer.SendAsync(bytes);
            peer.ShutdownSend();
            await probe.EndOfInputAsync();
            Assert.Equal(bytes, probe.Bytes);

            Assert.Equal(4, probe.Connection.TrySend("late"u8));
            Assert.Equal("late"u8.ToArray(), await peer.ReceiveAsync(4));
            await FenceAsync();
            Assert.Equal((1, 0), (probe.EndsOfInput, probe.Closes));

            probe.Close();
            Assert.Null(await probe.ClosedAsync());
            Assert.Empty(await peer.ReceiveToEndAsync());
        }
    }

    [Fact]
    public async Task A_connection_that_has_ended_in_both_directions_stays_open_until_it_is_closed()
    {
        var (probe, peer) = await ConnectAsync();
        using (peer)
        {
            peer.ShutdownSend();
            await probe.EndOfInputAsync();
            probe.Connection.ShutdownSend();
            Assert.Empty(await peer.ReceiveToEndAsync());
            await FenceAsync();
            Assert.Equal(0, probe.Closes);
            probe.Close();
            Assert.Null(await probe.ClosedAsync());
        }
    }

    [Fact]
    public async Task A_paused_connection_receives_nothing_until_it_is_resumed()
    {
        var (probe, peer) = await ConnectAsync(static p => p.Received = static (p, _) => p.Connection.PauseReceiving());
        using (peer)
        {
            await peer.SendAsync("a"u8.ToArray());
            await probe.ReceivedAsync(1);
            await peer.SendAsync("b"u8.ToArray());
            await FenceAsync();
            Assert.Equal("a"u8.ToArray(), probe.Bytes);
            probe.Connection.ResumeReceiving();
            Assert.Equal("ab"u8.ToArray(), await probe.ReceivedAsync(2));
        }
    }

    [Fact]
    public async Task A_pause_that_the_handler_ends_at_once_has_no_effect()
    {
        var (probe, peer) = await ConnectAsync(static p => p.Received = static (p, _) =>
        {
            p.Connection.PauseReceiving();
            p.Connection.ResumeReceiving();
        });
        using (peer)
        {
            for (var i = 1; i <= 100; i++)
            {
                await peer.SendAsync(new byte[1]);
                await probe.ReceivedAsync(i);
            }
        }
    }

    [Fact]
    public async Task Input_before_the_end_is_received_after_a_pause_although_both_directions_have_ended()
    {
        var bytes = Pattern.Create(50_000);
        var (probe, peer) = await ConnectAsync(static p => p.Received = static (p, _) =>
        {
            if (p.Bytes.Length == 1)
                p.Connection.PauseReceiving();
        });
        using (peer)
        {
            await peer.SendAsync(bytes.AsMemory(0, 1));
            await probe.ReceivedAsync(1);
            await peer.SendAsync(bytes.AsMemory(1));
            peer.ShutdownSend();
            probe.Connection.ShutdownSend();
            Assert.Empty(await peer.ReceiveToEndAsync());
            await FenceAsync();
            probe.Connection.ResumeReceiving();
            Assert.Equal(bytes, await probe.ReceivedAsync(bytes.Length));
            await probe.EndOfInputAsync();
            Assert.Equal(0, probe.Closes);
        }
    }

    [Fact]
    public async Task Pauses_that_another_thread_ends_at_once_lose_and_duplicate_no_bytes()
    {
        var pairs = new[] { await ConnectAsync(), await ConnectAsync(), await ConnectAsync() };
        await Task.WhenAll(pairs.Select(static (pair, number) => RaceAsync(pair.Probe, pair.Peer, number)));
    }

    private static async Task RaceAsync(Probe probe, Peer peer, int number)
    {
        var bytes = Pattern.Create(100_000, number);
        var paused = Channel.CreateUnbounded<int>();
        probe.Received = (p, _) =>
        {
            p.Connection.PauseReceiving();
            paused.Writer.TryWrite(p.Bytes.Length);
        };
        var resuming = Task.Run(async () =>
        {
            var spins = new Random(number);
            using var deadline = Deadline.Start();
            while (await paused.Reader.ReadAsync(deadline.Token) < bytes.Length)
            {
                Thread.SpinWait(spins.Next(2_000));
                probe.Connection.ResumeReceiving();
            }
        });
        using (peer)
        {
            for (var sent = 0; sent < bytes.Length; sent += 50)
                await peer.SendAsync(bytes.AsMemory(sent, 50));
            await resuming;
            Assert.Equal(bytes, probe.Bytes);
        }
    }

    private static async Task BecomesAsync(Probe probe, bool hasUnreadInput)
    {
        using var deadline = Deadline.Start();
        while (probe.Connection.HasUnreadInput != hasUnreadInput)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
