using System.Net;
using System.Net.Sockets;

namespace TPacket.Transports.Tests.Proxy;

/// <summary>The options define the trusted proxies.</summary>
public class ProxyOptionsTests
{
    private readonly ProxyOptions _options = new() { TrustedNetworks = [IPNetwork.Parse("10.1.0.0/16"), IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("::ffff:192.0.2.0/120")] };

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("10.2.2.3", false)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("::ffff:10.2.2.3", false)]
    [InlineData("::ffff:192.0.2.7", true)]
    [InlineData("2001:db8::7", true)]
    [InlineData("2001:db9::7", false)]
    [InlineData("127.0.0.1", false)]
    public void A_network_is_trusted_in_its_IPv4_and_IPv6_form(string address, bool trusted) =>
        Assert.Equal(trusted, _options.Trusts(new IPEndPoint(IPAddress.Parse(address), 1)));

    [Fact]
    public void By_default_no_peer_is_trusted() => Assert.False(new ProxyOptions().Trusts(new IPEndPoint(IPAddress.Loopback, 1)));

    [Fact]
    public void A_peer_on_a_Unix_domain_socket_is_trusted()
    {
        Assert.True(_options.Trusts(null));
        Assert.True(_options.Trusts(new UnixDomainSocketEndPoint("/run/proxy")));
    }
}
