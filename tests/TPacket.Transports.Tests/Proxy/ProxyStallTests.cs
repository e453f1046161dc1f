using System.Net;
using Microsoft.Extensions.Time.Testing;
using TPacket.Transports.Tests.Harness;

namespace TPacket.Transports.Tests.Proxy;

/// <summary>A server that is behind with its reading, or did not run, refuses nobody for the time of a header that has come.</summary>
public class ProxyStallTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedConnection _connection = new();
    private readonly List<TransportConnection> _accepted = [];
    private readonly List<ProxyHeaderFailure> _refused = [];

    [Fact]
    public async Task A_header_that_lies_unread_is_read_before_it_is_refused()
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
    public async Task A_header_that_has_not_come_when_all_is_read_is_refused()
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

    /// <summary>Has one connection to hand on.</summary>
    private sealed class OneConnection(TransportConnection connection) : TransportListener
    {
        public override EndPoint EndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 1);

        public override void Start(Action<TransportConnection> accepted, Action<Exception> failed) => accepted(connection);

        public override ValueTask DisposeAsync() => default;
    }
}
