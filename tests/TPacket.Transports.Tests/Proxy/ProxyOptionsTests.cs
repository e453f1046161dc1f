using System.Net;
using System.Net.Sockets;

namespace TPacket.Transports.Tests.Proxy;

/// <summary>Who is trusted to say where a connection comes from.</summary>
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
    public void Networks_are_trusted_in_either_form(string address, bool trusted) =>
        Assert.Equal(trusted, _options.Trusts(new IPEndPoint(IPAddress.Parse(address), 1)));

    [Fact]
    public void Nobody_is_trusted_who_was_not_named() => Assert.False(new ProxyOptions().Trusts(new IPEndPoint(IPAddress.Loopback, 1)));

    [Fact]
    public void Unix_domain_sockets_have_permissions_of_their_own()
    {
        Assert.True(_options.Trusts(null));
        Assert.True(_options.Trusts(new UnixDomainSocketEndPoint("/run/proxy")));
    }
}
