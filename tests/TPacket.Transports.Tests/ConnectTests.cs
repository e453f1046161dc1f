using System.Net;
using System.Net.Sockets;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests;

/// <summary>What connecting tells, and what it leaves behind when it fails.</summary>
public class ConnectTests
{
    public static TheoryData<string> Transports => ["Sockets", "OneLoop"];

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Both_addresses_of_a_connection_are_told(string name)
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
    public async Task An_IPv6_address_is_connected_to(string name)
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
    public async Task A_Unix_domain_socket_is_connected_to(string name)
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
    public async Task Where_nobody_listens_the_connection_is_refused(string name)
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
    public async Task Giving_up_ends_the_wait_and_leaves_no_descriptor(string name)
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

        // The runtime keeps a few of its own from the first use on.
        Assert.InRange(Descriptors(), 0, before + 8);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task An_address_that_does_not_answer_does_not_keep_anybody_from_one_that_does(string name)
    {
        // Elsewhere 127.0.0.2 is no address.
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
    public async Task A_connected_socket_is_the_callers()
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
    public async Task What_is_under_way_when_the_transport_is_disposed_of_fails()
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
    public async Task A_taken_over_socket_is_not_blocking_and_closed_once()
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
