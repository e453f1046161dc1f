using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Specifications;

/// <summary>An exception of a handler or of the accepted callback closes its own connection and no other.</summary>
public abstract class FaultSpecification(Func<Transport> create) : TransportSpecification(create)
{
    [Fact]
    public Task An_exception_in_OnReceived_closes_its_own_connection() =>
        CheckAsync(static p => p.Received = static (_, _) => throw new FormatException("broken"), static (_, peer) => peer.SendAsync("x"u8.ToArray()));

    [Fact]
    public Task An_exception_in_OnEndOfInput_closes_its_own_connection() =>
        CheckAsync(static p => p.EndOfInput = static _ => throw new FormatException("broken"), static (_, peer) => Task.Run(peer.ShutdownSend));

    [Fact]
    public Task An_exception_in_OnWritable_closes_its_own_connection() =>
        CheckAsync(
            static p => p.Writable = static _ => throw new FormatException("broken"),
            static (probe, _) => Task.Run(() => probe.Connection.SendWhenWritable("x"u8)));

    [Fact]
    public Task A_handlers_exception_of_a_type_that_the_transport_uses_is_reported() =>
        CheckAsync<ObjectDisposedException>(
            static p => p.Received = static (_, _) => throw new ObjectDisposedException("something of the handler's"),
            static (_, peer) => peer.SendAsync("x"u8.ToArray()));

    [Fact]
    public async Task A_handler_that_closes_and_throws_is_notified_of_one_end()
    {
        var (probe, peer) = await ConnectAsync(static p => p.Received = static (p, _) =>
        {
            p.Close();
            throw new FormatException("broken");
        });
        using (peer)
        {
            await peer.SendAsync("x"u8.ToArray());
            await probe.ClosedAsync();
            await peer.ReceiveAnyEndAsync();
            await FenceAsync();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_exception_in_the_accepted_callback_closes_only_its_connection(bool looksLikeTheListenersOwn)
    {
        var (witness, witnessPeer) = await ConnectAsync();
        Exception error = looksLikeTheListenersOwn ? new ObjectDisposedException("something of the callback's") : new FormatException("broken");
        for (var i = 0; i < 3; i++)
        {
            Prepare = _ => throw error;
            using var peer = await ConnectPeerAsync();
            using var deadline = Deadline.Start();
            Assert.Same(error, await Failures.Reader.ReadAsync(deadline.Token));
            Assert.Empty(await peer.ReceiveToEndAsync());
        }

        await FenceAsync();
        using (witnessPeer)
        {
            await witnessPeer.SendAsync("still here"u8.ToArray());
            Assert.Equal("still here"u8.ToArray(), await witness.ReceivedAsync(10));
        }
    }

    private Task CheckAsync(Action<Probe> prepare, Func<Probe, Peer, Task> provoke) => CheckAsync<FormatException>(prepare, provoke);

    private async Task CheckAsync<TException>(Action<Probe> prepare, Func<Probe, Peer, Task> provoke)
        where TException : Exception
    {
        var (witness, witnessPeer) = await ConnectAsync();
        var (probe, peer) = await ConnectAsync(prepare);
        using (peer)
        {
            await provoke(probe, peer);
            Assert.IsType<TException>(await probe.ClosedAsync());
            await peer.ReceiveAnyEndAsync();
            Assert.Equal(-1, probe.Connection.TrySend("x"u8));
        }

        using (witnessPeer)
        {
            await witnessPeer.SendAsync("still here"u8.ToArray());
            Assert.Equal("still here"u8.ToArray(), await witness.ReceivedAsync(10));
        }

        await FenceAsync();
    }
}
