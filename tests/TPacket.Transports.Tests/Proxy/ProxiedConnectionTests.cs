using System.Net;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Proxy;

/// <summary>A connection removes the header wherever the input is split, and closes without one.</summary>
public class ProxiedConnectionTests : IAsyncLifetime
{
    private static readonly ProxyOptions _options = new() { TrustedNetworks = [IPNetwork.Parse("127.0.0.0/8")], MaxHeaderLength = 300 };

    private readonly Rented _rented = new();
    private readonly ScriptedConnection _proxy = new();
    private readonly ProxiedConnection _connection;
    private readonly Probe _probe;

    public ProxiedConnectionTests() => (_connection, _probe) = Create(_proxy, _options);

    private static byte[] Header => "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n"u8.ToArray();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_probe.Closes == 0)
            _proxy.Handler.OnClosed(null);
        await _rented.ReturnedAsync();
        Assert.Empty(_probe.Breaches);
    }

    [Fact]
    public void The_addresses_are_the_clients_after_the_header_was_read()
    {
        Assert.Equal(_proxy.RemoteEndPoint, _connection.RemoteEndPoint);
        Assert.Equal(_proxy.LocalEndPoint, _connection.LocalEndPoint);
        Push(Header);
        Assert.Equal(IPEndPoint.Parse("192.0.2.1:56324"), _connection.RemoteEndPoint);
        Assert.Equal(IPEndPoint.Parse("198.51.100.2:443"), _connection.LocalEndPoint);
        Assert.Equal(_proxy.RemoteEndPoint, _connection.ProxyEndPoint);
        Assert.Empty(_probe.Bytes);
    }

    [Fact]
    public void A_proxys_own_connection_keeps_its_addresses()
    {
        Push("PROXY UNKNOWN\r\nhello"u8);
        Assert.Equal(_proxy.RemoteEndPoint, _connection.RemoteEndPoint);
        Assert.Equal(_proxy.LocalEndPoint, _connection.LocalEndPoint);
        Assert.Equal("hello"u8.ToArray(), _probe.Bytes);
    }

    [Fact]
    public void Bytes_after_the_header_are_received_wherever_the_input_is_split()
    {
        byte[] bytes = [.. Header, .. "hello"u8];
        for (var first = 0; first <= bytes.Length; first++)
        {
            for (var second = first; second <= bytes.Length; second += 7)
            {
                var proxy = new ScriptedConnection();
                var (connection, probe) = Create(proxy, _options);
                foreach (var piece in new[] { bytes[..first], bytes[first..second], bytes[second..] })
                {
                    if (piece.Length > 0)
                        proxy.Handler.OnReceived(piece);
                }

                proxy.Handler.OnReceived(" world"u8.ToArray());
                Assert.Equal("hello world"u8.ToArray(), probe.Bytes);
                Assert.Equal(IPEndPoint.Parse("192.0.2.1:56324"), connection.RemoteEndPoint);
                proxy.Handler.OnEndOfInput();
                Assert.Equal(1, probe.EndsOfInput);
                proxy.Handler.OnClosed(null);
                Assert.Equal(1, probe.Closes);
                Assert.Empty(probe.Breaches);
            }
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n", ProxyHeaderFailure.Missing)]
    [InlineData("PROXY TCP4 what\r\n", ProxyHeaderFailure.Malformed)]
    public async Task Anything_but_a_header_ends_the_connection(string text, ProxyHeaderFailure failure)
    {
        Push(System.Text.Encoding.ASCII.GetBytes(text));
        Assert.Equal(1, _proxy.Closes);
        Push("ignored"u8);
        _proxy.Handler.OnClosed(null);
        Assert.Equal(failure, Assert.IsType<ProxyHeaderException>(await _probe.ClosedAsync()).Failure);
        Assert.Empty(_probe.Bytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public async Task A_peer_that_disconnects_before_its_header_is_complete_has_its_own_error(int length)
    {
        if (length > 0)
            Push(Header.AsSpan(0, length));
        _proxy.Handler.OnEndOfInput();
        Assert.Equal(1, _proxy.Closes);
        _proxy.Handler.OnClosed(null);
        Assert.Equal(ProxyHeaderFailure.PeerDisconnected, Assert.IsType<ProxyHeaderException>(await _probe.ClosedAsync()).Failure);
        Assert.Equal(0, _probe.EndsOfInput);
    }

    [Fact]
    public async Task An_error_before_the_header_is_the_inner_exception()
    {
        Push(Header.AsSpan(0, 10));
        var error = new IOException("reset");
        _proxy.Handler.OnClosed(error);
        Assert.Same(error, Assert.IsType<ProxyHeaderException>(await _probe.ClosedAsync()).InnerException);
    }

    [Fact]
    public async Task A_close_before_the_header_is_no_error()
    {
        Push(Header.AsSpan(0, 10));
        _probe.Close();
        Assert.Equal(1, _proxy.Closes);
        _proxy.Handler.OnClosed(null);
        Assert.Null(await _probe.ClosedAsync());
    }

    [Fact]
    public async Task An_untrusted_peer_is_rejected_whatever_it_sends()
    {
        var proxy = new ScriptedConnection();
        var (connection, probe) = Create(proxy, new ProxyOptions());
        Assert.Equal(1, proxy.Closes);
        proxy.Handler.OnReceived([.. Header, .. "hello"u8]);
        proxy.Handler.OnClosed(null);
        Assert.Equal(ProxyHeaderFailure.Untrusted, Assert.IsType<ProxyHeaderException>(await probe.ClosedAsync()).Failure);
        Assert.Empty(probe.Bytes);
        Assert.Equal(proxy.RemoteEndPoint, connection.RemoteEndPoint);
    }

    [Fact]
    public void A_flush_is_handed_over_to_the_loop_of_the_connection_below()
    {
        var flush = new NoFlush();
        Assert.True(_connection.TryHandOver(flush));
        Assert.Same(flush, Assert.Single(_proxy.HandedOver));
    }

    private static (ProxiedConnection Connection, Probe Probe) Create(ScriptedConnection proxy, ProxyOptions options)
    {
        var connection = new ProxiedConnection(proxy, options);
        var probe = new Probe(connection);
        connection.Start(probe);
        return (connection, probe);
    }

    private void Push(ReadOnlySpan<byte> bytes) => _proxy.Handler.OnReceived(bytes.ToArray());
}
