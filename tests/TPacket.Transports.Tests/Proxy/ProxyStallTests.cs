using System.Net;
using Microsoft.Extensions.Time.Testing;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Proxy;

/// <summary>A server that reads late or was suspended rejects no connection whose header has arrived.</summary>
public class ProxyStallTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedConnection _connection = new();
    private readonly List<TransportConnection> _accepted = [];
    private readonly List<ProxyHeaderFailure> _refused = [];

    [Fact]
    public async Task A_header_that_waits_in_the_socket_is_read_before_its_deadline_is_checked()
    {
        await using var listener = Start();
        _connection.Unread = true;
        Pass(20);
        Assert.Equal(0, _connection.Closes);

        _connection.Unread = false;
        _connection.Handler.OnReceived("PROXY TCP4 203.0.113.7 203.0.113.1 40000 443\r\n"u8.ToArray());
        Assert.Equal("203.0.113.7:40000", Assert.Single(_accepted).RemoteEndPoint?.ToString());
        Pass(20);
        Assert.Equal(0, _connection.Closes);
        Assert.Empty(_refused);
    }

    [Fact]
    public async Task A_header_that_is_missing_after_all_input_was_read_is_late()
    {
        await using var listener = Start();
        _connection.Unread = true;
        Pass(20);
        _connection.Unread = false;
        Pass(1);
        Assert.Equal(1, _connection.Closes);
        _connection.Handler.OnClosed(null);
        Assert.Equal([ProxyHeaderFailure.TimedOut], _refused);
        Assert.Empty(_accepted);
    }

    private ProxyListener Start()
    {
        var options = new ProxyOptions { TrustedNetworks = [IPNetwork.Parse("127.0.0.0/8")] };
        var listener = new ProxyListener(new OneConnection(_connection), options, (_, error) => _refused.Add(error.Failure), _time);
        listener.Start(_accepted.Add, static _ => { });
        return listener;
    }

    private void Pass(int seconds)
    {
        for (var i = 0; i < seconds; i++)
            _time.Advance(TimeSpan.FromSeconds(1));
    }

    /// <summary>A listener with one connection.</summary>
    private sealed class OneConnection(TransportConnection connection) : TransportListener
    {
        public override EndPoint EndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 1);

        public override void Start(Action<TransportConnection> accepted, Action<Exception> failed) => accepted(connection);

        public override ValueTask DisposeAsync() => default;
    }
}
