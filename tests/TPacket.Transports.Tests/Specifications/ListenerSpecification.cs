using System.Net;
using System.Net.Sockets;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Specifications;

/// <summary>Listeners have correct addresses and release everything at their end.</summary>
public abstract class ListenerSpecification(Func<Transport> create) : TransportSpecification(create)
{
    [Fact]
    public void The_listener_reports_the_port_that_the_system_has_chosen() =>
        Assert.NotEqual(0, Assert.IsType<IPEndPoint>(Listener.EndPoint).Port);

    [Fact]
    public async Task Both_addresses_of_an_accepted_connection_are_correct()
    {
        var (probe, peer) = await ConnectAsync();
        using (peer)
        {
            Assert.Equal(peer.LocalEndPoint, probe.Connection.RemoteEndPoint);
            Assert.Equal(Listener.EndPoint, probe.Connection.LocalEndPoint);
            probe.Close();
            await probe.ClosedAsync();
            Assert.Equal(peer.LocalEndPoint, probe.Connection.RemoteEndPoint);
            Assert.Null(probe.Connection.LocalEndPoint);
        }
    }

    [Fact]
    public async Task A_peer_that_connected_and_sent_before_the_start_is_served()
    {
        await using var listener = Transport.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var peer = await Peer.ConnectAsync(listener.EndPoint);
        await peer.SendAsync("early"u8.ToArray());
        listener.Start(Accept, static _ => { });
        Assert.Equal("early"u8.ToArray(), await (await AcceptedAsync()).ReceivedAsync(5));
    }

    [Fact]
    public async Task A_disposed_listener_has_released_its_port_and_its_connections_stay_open()
    {
        var (probe, peer) = await ConnectAsync();
        using (peer)
        {
            var address = (IPEndPoint)Listener.EndPoint;
            await Listener.DisposeAsync();
            await Assert.ThrowsAsync<SocketException>(() => Peer.ConnectAsync(address));
            await using (var next = Transport.Bind(address))
            {
                Assert.Equal(address, next.EndPoint);
                next.Start(Accept, static _ => { });
                using var another = await Peer.ConnectAsync(address);
                await another.SendAsync("new"u8.ToArray());
                Assert.Equal("new"u8.ToArray(), await (await AcceptedAsync()).ReceivedAsync(3));
            }

            await peer.SendAsync("old"u8.ToArray());
            Assert.Equal("old"u8.ToArray(), await probe.ReceivedAsync(3));
            Assert.Equal(2, probe.Connection.TrySend("ok"u8));
            Assert.Equal("ok"u8.ToArray(), await peer.ReceiveAsync(2));
        }
    }

    [Fact]
    public async Task A_listener_that_was_not_started_releases_its_port()
    {
        var listener = Transport.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await listener.DisposeAsync();
        await Assert.ThrowsAsync<SocketException>(() => Peer.ConnectAsync(listener.EndPoint));
    }

    [Fact]
    public async Task A_disposed_listener_cannot_be_started()
    {
        var listener = Transport.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await listener.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => listener.Start(Accept, error => Failures.Writer.TryWrite(error)));
        Assert.False(Failures.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_listener_can_be_disposed_twice()
    {
        await Listener.DisposeAsync();
        await Listener.DisposeAsync();
    }

    [Fact]
    public async Task A_listener_that_is_disposed_while_it_accepts_reports_no_error()
    {
        for (var i = 0; i < 500; i++)
        {
            var listener = Transport.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var accepting = false;
            listener.Start(
                connection =>
                {
                    Accept(connection);
                    Volatile.Write(ref accepting, true);
                },
                error => Failures.Writer.TryWrite(error));
            // The disposal meets the accepting listener at a slightly different time in each round.
            var disposing = Task.Run(async () =>
            {
                SpinWait.SpinUntil(() => Volatile.Read(ref accepting), Deadline.Limit);
                Thread.SpinWait(i % 100);
                await listener.DisposeAsync();
            });
            using var peer = await Peer.ConnectAsync(listener.EndPoint);
            await disposing;
            Assert.False(Failures.Reader.TryRead(out var failure), $"{failure}");
        }
    }

    [Fact]
    public void A_port_in_use_is_rejected() =>
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => Transport.Bind(Listener.EndPoint)).SocketErrorCode);

    [Fact]
    public async Task Listeners_of_one_transport_are_independent()
    {
        await using var another = Transport.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        another.Start(Accept, static _ => { });
        Assert.NotEqual(Listener.EndPoint, another.EndPoint);
        foreach (var address in new[] { Listener.EndPoint, another.EndPoint })
        {
            using var peer = await Peer.ConnectAsync(address);
            Assert.Equal(address, (await AcceptedAsync()).Connection.LocalEndPoint);
        }
    }

    [Fact]
    public async Task An_IPv6_address_can_be_listened_on()
    {
        // A system without IPv6 has no address to bind.
        if (!Socket.OSSupportsIPv6)
            return;
        await using var listener = Transport.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        listener.Start(Accept, static _ => { });
        using var peer = await Peer.ConnectAsync(listener.EndPoint);
        var probe = await AcceptedAsync();
        Assert.Equal(peer.LocalEndPoint, probe.Connection.RemoteEndPoint);
        Assert.Equal(listener.EndPoint, probe.Connection.LocalEndPoint);
        await peer.SendAsync("six"u8.ToArray());
        Assert.Equal("six"u8.ToArray(), await probe.ReceivedAsync(3));
    }
}
