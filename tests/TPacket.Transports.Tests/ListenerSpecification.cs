using System.Net;
using System.Net.Sockets;
using TPacket.Transports.Tests.Support;

namespace TPacket.Transports.Tests;

/// <summary>What every transport's listener keeps to.</summary>
public abstract class ListenerSpecification : IDisposable
{
    private readonly Lazy<Transport> _transport;

    protected ListenerSpecification() => _transport = new Lazy<Transport>(Create);

    protected abstract Transport Create();

    public void Dispose()
    {
        if (_transport.IsValueCreated)
            _transport.Value.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_connection_from_before_the_start_is_accepted_after_it()
    {
        await using var listener = _transport.Value.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await peer.ConnectAsync(listener.EndPoint);
        var accepted = new TaskCompletionSource<TransportConnection>();
        listener.Start(accepted.SetResult, accepted.SetException);

        var connection = await accepted.Task.Within();
        Assert.Equal(peer.LocalEndPoint, connection.RemoteEndPoint);
        Assert.Equal(peer.RemoteEndPoint, connection.LocalEndPoint);
        connection.Start(new RecordingHandler(connection));
        connection.Close();
        Assert.Empty(await peer.ReceiveToEndAsync());
    }

    [Fact]
    public async Task A_stopped_listener_gives_its_port_back_and_leaves_connections_alone()
    {
        var pair = new Pair(_transport.Value);
        var (peer, handler) = await pair.ConnectAsync();
        using var _ = peer;
        var endPoint = pair.EndPoint;
        await pair.DisposeAsync();

        await using (var again = _transport.Value.Bind(endPoint))
            Assert.Equal(endPoint, again.EndPoint);
        await peer.SendAsync(new byte[] { 1 });
        await handler.HasReceived(1).Within();
        using var late = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(() => late.ConnectAsync(endPoint));
    }

    [Fact]
    public async Task A_taken_port_is_refused()
    {
        await using var pair = new Pair(_transport.Value);
        var error = Assert.Throws<SocketException>(() => _transport.Value.Bind(pair.EndPoint));
        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
    }

    [Fact]
    public async Task A_connection_that_is_closed_instead_of_started_is_released()
    {
        await using var listener = _transport.Value.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Start(static connection => connection.Close(), static _ => { });
        for (var i = 0; i < 10; i++)
        {
            using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await peer.ConnectAsync(listener.EndPoint);
            Assert.Empty(await peer.ReceiveToEndAsync());
        }
    }

    [Fact]
    public async Task An_acceptor_that_throws_costs_that_connection_only()
    {
        var count = 0;
        var failure = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        var second = new TaskCompletionSource<TransportConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var listener = _transport.Value.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Start(
            connection =>
            {
                if (Interlocked.Increment(ref count) == 1)
                    throw new InvalidOperationException("a fault of the acceptor");
                second.SetResult(connection);
            },
            failure.SetResult);

        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await first.ConnectAsync(listener.EndPoint);
        Assert.IsType<InvalidOperationException>(await failure.Task.Within());
        Assert.Empty(await first.ReceiveToEndAsync());
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await other.ConnectAsync(listener.EndPoint);
        (await second.Task.Within()).Close();
    }

    [Fact]
    public async Task Every_address_of_both_families_is_listened_on_where_asked_for()
    {
        await using var listener = _transport.Value.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        var accepted = System.Threading.Channels.Channel.CreateUnbounded<TransportConnection>();
        listener.Start(c => accepted.Writer.TryWrite(c), static _ => { });
        foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            using var peer = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await peer.ConnectAsync(address, ((IPEndPoint)listener.EndPoint).Port);
            var connection = await accepted.Reader.ReadAsync().AsTask().Within();
            var remote = Assert.IsType<IPEndPoint>(connection.RemoteEndPoint);
            Assert.Equal(((IPEndPoint)peer.LocalEndPoint!).Port, remote.Port);
            Assert.True(IPAddress.IsLoopback(remote.Address.IsIPv4MappedToIPv6 ? remote.Address.MapToIPv4() : remote.Address));
            connection.Close();
        }
    }
}
