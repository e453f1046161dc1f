using System.Net;
using System.Net.Sockets;
using TPacket.Server.Sessions.Limits;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Hosting;

/// <summary>Limits of connections.</summary>
public class ConnectionLimitTests
{
    [Theory]
    [InlineData(true, "MaxConnections", TransportKind.Auto)]
    [InlineData(false, "MaxConnectionsPerAddress", TransportKind.Auto)]
    [InlineData(true, "MaxConnections", TransportKind.Sockets)]
    public async Task A_connection_over_the_limit_is_closed_when_it_is_accepted(bool all, string setting, TransportKind transport)
    {
        await using var server = await TestServer.StartAsync(o =>
        {
            o.Transport = transport;
            if (all)
                o.MaxConnections = 2;
            else
                o.MaxConnectionsPerAddress = 2;
        });
        await using var first = await server.JoinAsync("first", "room");
        await using (var second = await server.SignInAsync("second"))
        {
            using var third = await server.ConnectRawAsync();
            Assert.Empty(await third.ReadToEndAsync());
            var logged = await server.Logs.FirstAsync(e => e.Id == 1104);
            Assert.Equal($"TPacket:{setting}", logged.Values["Setting"]);
            Assert.Single(server.Metrics.Measurements.All, m => m.Is("tpacket.server.refused_connections", "tpacket.limit", setting));
            Assert.Equal(2, server.Server.ConnectionCount);
            await second.CloseAsync();
        }

        await server.EndedAsync();
        await using var fourth = await server.SignInAsync("fourth");
        await first.SayAsync("still here");
    }

    [Fact]
    public void IPv6_addresses_of_one_64_bit_prefix_share_a_limit()
    {
        Assert.Equal(Key("2001:db8:1:2::1"), Key("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        Assert.NotEqual(Key("2001:db8:1:2::1"), Key("2001:db8:1:3::1"));
    }

    [Fact]
    public void A_mapped_ipv4_address_is_the_ipv4_address()
    {
        Assert.Equal(Key("192.0.2.1"), Key("::ffff:192.0.2.1"));
        Assert.NotEqual(Key("192.0.2.1"), Key("::ffff:192.0.2.2"));
        // All mapped addresses lie in one /64.
        Assert.NotEqual(Key("::ffff:192.0.2.1"), Key("::1"));
    }

    [Fact]
    public void Ports_are_ignored_and_families_are_compared()
    {
        Assert.Equal(AddressLimiter.Key(new IPEndPoint(IPAddress.Loopback, 1)), AddressLimiter.Key(new IPEndPoint(IPAddress.Loopback, 2)));
        Assert.NotEqual(Key("0.0.0.0"), Key("::"));
    }

    [Fact]
    public void An_address_can_have_connections_up_to_the_limit_and_a_new_one_after_a_disconnect()
    {
        var limiter = new AddressLimiter(2);
        var (one, other) = (Key("192.0.2.1"), Key("192.0.2.2"));
        Assert.True(limiter.TryEnter(one));
        Assert.True(limiter.TryEnter(one));
        Assert.False(limiter.TryEnter(one));
        Assert.True(limiter.TryEnter(other));
        limiter.Leave(one);
        Assert.True(limiter.TryEnter(one));
        Assert.False(limiter.TryEnter(one));
    }

    [Fact]
    public void Zero_disables_the_limit()
    {
        var limiter = new AddressLimiter(0);
        for (var i = 0; i < 1000; i++)
            Assert.True(limiter.TryEnter(Key("192.0.2.1")));
        limiter.Leave(Key("192.0.2.1"));
    }

    [Fact]
    public void Peers_without_an_address_are_not_counted_as_one()
    {
        var limiter = new AddressLimiter(1);
        foreach (var none in new EndPoint?[] { null, new UnixDomainSocketEndPoint("/run/peer"), null, new UnixDomainSocketEndPoint("/run/peer") })
            Assert.True(limiter.TryEnter(AddressLimiter.Key(none)));
        limiter.Leave(AddressLimiter.Key(null));
        Assert.True(limiter.TryEnter(Key("0.0.0.0")));
        Assert.False(limiter.TryEnter(Key("0.0.0.0")));
    }

    private static AddressKey? Key(string address) => AddressLimiter.Key(new IPEndPoint(IPAddress.Parse(address), 1));
}
