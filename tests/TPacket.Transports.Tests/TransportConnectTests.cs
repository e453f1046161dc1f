using System.Net;
using System.Net.Sockets;
using TPacket.Transports.Epoll;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests;

/// <summary>Connecting returns both addresses, and leaks no descriptors when it fails.</summary>
public class TransportConnectTests
{
    public static TheoryData<string> Transports => ["Sockets", "OneLoop"];

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_connection_has_both_addresses(string name)
    {
        using var transport = TestTransports.Create(name);
        using var listener = Listen(IPAddress.Loopback);
        var connection = await transport.ConnectAsync(listener.LocalEndPoint!);
        using var peer = await listener.AcceptAsync();
        Assert.Equal(listener.LocalEndPoint, connection.RemoteEndPoint);
        Assert.Equal(peer.RemoteEndPoint, connection.LocalEndPoint);
        connection.Close();
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_name_is_resolved_and_its_addresses_are_tried_until_one_answers(string name)
    {
        using var transport = TestTransports.Create(name);
        using var listener = Listen(IPAddress.Loopback);
        var connection = await transport.ConnectAsync(new DnsEndPoint("localhost", ((IPEndPoint)listener.LocalEndPoint!).Port));
        using var peer = await listener.AcceptAsync();
        Assert.Equal(listener.LocalEndPoint, connection.RemoteEndPoint);
        connection.Close();
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task An_IPv6_address_can_be_connected_to(string name)
    {
        if (!Socket.OSSupportsIPv6)
            return;
        using var transport = TestTransports.Create(name);
        using var listener = Listen(IPAddress.IPv6Loopback);
        var connection = await transport.ConnectAsync(new DnsEndPoint("::1", ((IPEndPoint)listener.LocalEndPoint!).Port));
        Assert.Equal(listener.LocalEndPoint, connection.RemoteEndPoint);
        connection.Close();
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_Unix_domain_socket_can_be_connected_to(string name)
    {
        using var transport = TestTransports.Create(name);
        var address = UnixTransport.NewAddress();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(address);
        listener.Listen();
        var connection = await transport.ConnectAsync(address);
        using var peer = await listener.AcceptAsync();
        var probe = new Probe(connection);
        connection.Start(probe);
        await peer.SendAsync("hello"u8.ToArray());
        Assert.Equal("hello"u8.ToArray(), await probe.ReceivedAsync(5));
        Assert.Equal(address, connection.RemoteEndPoint);
        probe.Close();
        Assert.Null(await probe.ClosedAsync());
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task An_address_without_a_listener_refuses_the_connection(string name)
    {
        using var transport = TestTransports.Create(name);
        var port = FreePort();
        foreach (EndPoint address in new EndPoint[] { new IPEndPoint(IPAddress.Loopback, port), new DnsEndPoint("localhost", port) })
        {
            var error = await Assert.ThrowsAsync<SocketException>(async () => await transport.ConnectAsync(address));
            Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
        }

        await Assert.ThrowsAsync<SocketException>(async () => await transport.ConnectAsync(UnixTransport.NewAddress()));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task An_unknown_name_is_an_error(string name)
    {
        using var transport = TestTransports.Create(name);
        await Assert.ThrowsAsync<SocketException>(async () => await transport.ConnectAsync(new DnsEndPoint("no-such-host.invalid", 1)));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Cancellation_ends_the_wait_and_leaks_no_descriptor(string name)
    {
        using var transport = TestTransports.Create(name);
        using var full = new FullListener();
        var before = Descriptors();
        using (var cancelled = new CancellationTokenSource())
        {
            await cancelled.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await transport.ConnectAsync(full.EndPoint, cancelled.Token));
        }

        for (var i = 0; i < 20; i++)
        {
            using var giveUp = new CancellationTokenSource();
            var connecting = transport.ConnectAsync(full.EndPoint, giveUp.Token).AsTask();
            Assert.False(connecting.IsCompleted);
            await giveUp.CancelAsync();
            var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
            Assert.Equal(giveUp.Token, error.CancellationToken);
        }

        // The runtime keeps a few descriptors of its own after the first use.
        Assert.InRange(Descriptors(), 0, before + 8);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_silent_address_does_not_prevent_a_connection_to_an_address_that_answers(string name)
    {
        // Other systems have no address 127.0.0.2.
        if (!OperatingSystem.IsLinux())
            return;
        var time = new WatchedTime();
        using var transport = Resolving(name, time, IPAddress.Parse("127.0.0.2"), IPAddress.Loopback);
        using var listener = Listen(IPAddress.Loopback);
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        using var silent = new FullListener(new IPEndPoint(IPAddress.Parse("127.0.0.2"), port));
        var before = Descriptors();
        for (var i = 0; i < 20; i++)
        {
            var connecting = transport.ConnectAsync(new DnsEndPoint("server.test", port)).AsTask();
            await time.PassNextTimerAsync();
            var connection = await connecting.WaitAsync(Deadline.Limit);
            using var peer = await listener.AcceptAsync();
            Assert.Equal(listener.LocalEndPoint, connection.RemoteEndPoint);
            connection.Close();
        }

        Assert.InRange(Descriptors(), 0, before + 8);
    }

    [Fact]
    public async Task The_caller_owns_a_connected_socket()
    {
        using var transport = new SocketTransport();
        using var listener = Listen(IPAddress.Loopback);
        using var socket = await transport.ConnectSocketAsync(listener.LocalEndPoint!);
        using var peer = await listener.AcceptAsync();
        Assert.True(socket.NoDelay);
        await peer.SendAsync("hello"u8.ToArray());
        var received = new byte[5];
        Assert.Equal(5, await socket.ReceiveAsync(received));
    }

    [Fact]
    public async Task The_disposal_of_the_transport_fails_pending_attempts()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var transport = TestTransports.OneLoop();
        using var full = new FullListener();
        var connecting = transport.ConnectAsync(full.EndPoint).AsTask();
        transport.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => connecting.WaitAsync(Deadline.Limit));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await transport.ConnectAsync(full.EndPoint));
    }

    [Fact]
    public async Task A_socket_that_a_loop_takes_over_is_non_blocking_and_closed_once()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var transport = TestTransports.TwoLoops();
        using var listener = Listen(IPAddress.Loopback);
        var before = Descriptors();
        for (var i = 0; i < 50; i++)
        {
            var probe = new Probe(await transport.ConnectAsync(listener.LocalEndPoint!));
            using var peer = await listener.AcceptAsync();
            probe.Connection.Start(probe);
            Assert.Equal(2, probe.Connection.TrySend("ok"u8));
            probe.Close();
            Assert.Null(await probe.ClosedAsync());
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.InRange(Descriptors(), 0, before + 8);
    }

    private static Transport Resolving(string name, TimeProvider time, params IPAddress[] addresses)
    {
        Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) => Task.FromResult(addresses);
        return name != "Sockets" && OperatingSystem.IsLinux() ? new EpollTransport(1, time) { Resolve = ResolveAsync } : new SocketTransport(time) { Resolve = ResolveAsync };
    }

    private static Socket Listen(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        socket.Listen();
        return socket;
    }

    private static int FreePort()
    {
        using var socket = Listen(IPAddress.Loopback);
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static int Descriptors() => OperatingSystem.IsLinux() ? Directory.GetFiles("/proc/self/fd").Length : 0;
}
