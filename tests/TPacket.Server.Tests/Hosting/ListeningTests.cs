using System.Net;
using System.Net.Sockets;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests.Hosting;

/// <summary>Addresses and ports.</summary>
public class ListeningTests
{
    [Fact]
    public async Task Localhost_is_both_families_on_one_port()
    {
        await using var server = await TestServer.StartAsync(o => o.Address = "localhost");
        var endPoints = server.Server.EndPoints.Cast<IPEndPoint>().ToArray();
        Assert.Contains(endPoints, e => e.Address.Equals(IPAddress.Loopback));
        Assert.Single(endPoints.Select(e => e.Port).Distinct());
        Assert.NotEqual(0, endPoints[0].Port);
        // A machine without IPv6 gets another message.
        Assert.True(endPoints.Any(e => e.Address.Equals(IPAddress.IPv6Loopback)) != server.Logs.All.Any(e => e.Id == 1005));
        foreach (var endPoint in endPoints)
        {
            using var client = await RawClient.ConnectAsync(endPoint);
            await client.UpgradeAsync();
        }
    }

    [Fact]
    public async Task Any_takes_clients_of_ipv4()
    {
        await using var server = await TestServer.StartAsync(o => o.Address = "any");
        using var client = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.EndPoint.Port));
        await client.UpgradeAsync();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task An_address_in_use_is_named(string address)
    {
        using var occupant = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        occupant.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        occupant.Listen();
        var port = ((IPEndPoint)occupant.LocalEndPoint!).Port;
        var error = await Assert.ThrowsAsync<IOException>(() => TestServer.StartAsync(o => (o.Address, o.Port) = (address, port)));
        Assert.Contains($"127.0.0.1:{port}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_fails_halfway_leaves_nothing_bound()
    {
        if (!Socket.OSSupportsIPv6)
            return;
        IOException error;
        int port;
        do
        {
            using var occupant = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                occupant.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressNotAvailable)
            {
                return;
            }

            occupant.Listen();
            port = ((IPEndPoint)occupant.LocalEndPoint!).Port;
            error = await Assert.ThrowsAsync<IOException>(() => TestServer.StartAsync(o => (o.Address, o.Port) = ("localhost", port)));
            // Another program may have the same port of IPv4; then the test tries another pair.
        }
        while (error.Message.Contains($"127.0.0.1:{port}", StringComparison.Ordinal));

        Assert.Contains($"[::1]:{port}", error.Message, StringComparison.Ordinal);
        using var successor = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        successor.Bind(new IPEndPoint(IPAddress.Loopback, port));
        successor.Listen();
    }
}
