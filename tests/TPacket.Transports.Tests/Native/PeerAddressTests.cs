using System.Net;
using System.Net.Sockets;
using TPacket.Transports.Native;

namespace TPacket.Transports.Tests.Native;

public class PeerAddressTests
{
    [Theory]
    [InlineData("127.0.0.1", 0)]
    [InlineData("1.2.3.4", 65535)]
    [InlineData("255.254.253.252", 25021)]
    [InlineData("0.0.0.0", 1)]
    public void An_IPv4_address_is_returned_unchanged(string address, int port) =>
        Assert.Equal(
            new IPEndPoint(IPAddress.Parse(address), port),
            new PeerAddress(BitConverter.ToUInt32(IPAddress.Parse(address).GetAddressBytes()), (ushort)port).ToEndPoint());

    [Fact]
    public void Any_other_address_is_the_same_object()
    {
        var ipv6 = new IPEndPoint(IPAddress.Parse("fe80::1%3"), 80);
        var unix = new UnixDomainSocketEndPoint("name");

        Assert.Same(ipv6, new PeerAddress(ipv6).ToEndPoint());
        Assert.Same(unix, new PeerAddress(unix).ToEndPoint());
        Assert.Null(new PeerAddress(null).ToEndPoint());
        Assert.Null(default(PeerAddress).ToEndPoint());
    }
}
