using System.Net;
using TPacket.Transports.Epoll;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Epoll;

/// <summary>The disposal of a transport ends its loops and connections.</summary>
public class EpollDisposeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Disposal_notifies_every_connection_once(int loops)
    {
        if (!OperatingSystem.IsLinux())
            return;
        await CheckAsync(loops, static _ => Task.CompletedTask);
    }

    [Fact]
    public async Task Connections_that_other_threads_close_during_disposal_are_notified_once()
    {
        if (!OperatingSystem.IsLinux())
            return;
        for (var i = 0; i < 30; i++)
            await CheckAsync(1, static probe => Task.Run(probe.Close));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connections_that_many_threads_start_or_close_after_disposal_are_notified_once(bool closedBefore)
    {
        if (!OperatingSystem.IsLinux())
            return;
        const int Connections = 200;
        using var transport = new EpollTransport(1);
        await using var listener = transport.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var accepted = System.Threading.Channels.Channel.CreateUnbounded<TransportConnection>();
        listener.Start(connection => accepted.Writer.TryWrite(connection), static _ => { });
        using var deadline = Deadline.Start();
        var peers = new List<Peer>();
        var probes = new List<Probe>();
        for (var i = 0; i <= Connections; i++)
        {
            peers.Add(await Peer.ConnectAsync(listener.EndPoint));
            probes.Add(new Probe(await accepted.Reader.ReadAsync(deadline.Token)));
        }

        transport.Dispose();
        Parallel.ForEach(probes.Take(Connections), new ParallelOptions { MaxDegreeOfParallelism = 8 }, probe =>
        {
            if (closedBefore)
                probe.Close();
            probe.Start();
            probe.Close();
        });
        // The ends are notified in order, so all others were notified before the last one.
        probes[Connections].Start();
        await probes[Connections].ClosedAsync();
        foreach (var probe in probes)
        {
            Assert.Null(await probe.ClosedAsync());
            Assert.Equal(1, probe.Closes);
            Assert.Empty(probe.Breaches);
        }

        foreach (var peer in peers)
        {
            Assert.Empty(await peer.ReceiveToEndAsync());
            peer.Dispose();
        }
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public void Posted_work_runs_whenever_the_loop_wakes_up()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var loop = new EpollLoop(0);
        Parallel.For(0, 4, _ =>
        {
            using var done = new SemaphoreSlim(0);
            for (var i = 0; i < 5_000; i++)
            {
                loop.Post(() => done.Release());
                Assert.True(done.Wait(Deadline.Limit));
            }
        });
    }

    [Fact]
    public async Task Work_that_is_posted_to_an_ended_loop_runs_on_another_stack()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var loop = new EpollLoop(0);
        loop.Dispose();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (done)
        {
            loop.Post(() =>
            {
                lock (done)
                    done.SetResult();
            });
            Assert.False(done.Task.IsCompleted);
        }

        await done.Task.WaitAsync(Deadline.Limit);
    }

    [Fact]
    public void All_loops_end_when_one_of_them_cannot_start()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var started = new List<EpollLoop>();
        Assert.Throws<IOException>(() => EpollLoop.StartAll(4, number =>
        {
            if (number == 3)
                throw new IOException("No descriptors are left.");
            var loop = new EpollLoop(number);
            started.Add(loop);
            return loop;
        }));
        Assert.Equal(3, started.Count);
        Assert.All(started, static loop => Assert.True(loop.IsStopping));
    }

    [Fact]
    public void A_transport_can_be_disposed_twice()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var transport = new EpollTransport(1);
        transport.Dispose();
        transport.Dispose();
    }

    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    private static async Task CheckAsync(int loops, Func<Probe, Task> meanwhile)
    {
        const int Connections = 20;
        var transport = new EpollTransport(loops);
        var listener = transport.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var probes = System.Threading.Channels.Channel.CreateUnbounded<Probe>();
        listener.Start(
            connection =>
            {
                var probe = new Probe(connection);
                connection.Start(probe);
                probes.Writer.TryWrite(probe);
            },
            static _ => { });
        using var deadline = Deadline.Start();
        var peers = new List<Peer>();
        var accepted = new List<Probe>();
        for (var i = 0; i < Connections; i++)
        {
            peers.Add(await Peer.ConnectAsync(listener.EndPoint));
            accepted.Add(await probes.Reader.ReadAsync(deadline.Token));
        }

        var closing = accepted.Select(meanwhile).ToArray();
        transport.Dispose();
        // The loops have ended, so no notification follows.
        await Task.WhenAll(closing);
        Assert.All(accepted, static probe => Assert.Equal(1, probe.Closes));
        foreach (var probe in accepted)
        {
            Assert.Null(await probe.ClosedAsync());
            Assert.Equal(-1, probe.Connection.TrySend("x"u8));
            probe.Close();
            Assert.Empty(probe.Breaches);
        }

        foreach (var peer in peers)
        {
            Assert.Empty(await peer.ReceiveToEndAsync());
            peer.Dispose();
        }

        await listener.DisposeAsync();
    }
}
