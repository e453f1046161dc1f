using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Moq;
using TPacket.Transports;

namespace TPacket.Server.Tests.Hosting;

/// <summary>Bind errors of the system, by a mock of the transport.</summary>
public sealed class BindingTests
{
    private readonly Mock<Transport> _transport = new();
    private readonly List<Mock<TransportListener>> _listeners = [];

    [Fact]
    public async Task A_chosen_port_that_is_in_use_in_the_other_family_is_replaced()
    {
        var ports = new Queue<int>([5001, 5002]);
        _transport.Setup(t => t.Bind(It.Is<EndPoint>(e => IsIPv4(e)))).Returns(() => Listener(IPAddress.Loopback, ports.Dequeue()));
        _transport.Setup(t => t.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 5001))).Throws(new SocketException((int)SocketError.AddressAlreadyInUse));
        _transport.Setup(t => t.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 5002))).Returns(() => Listener(IPAddress.IPv6Loopback, 5002));

        using var host = BuildHost();
        await host.StartAsync();

        var server = host.Services.GetRequiredService<TPacketServer>();
        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 5002), new IPEndPoint(IPAddress.IPv6Loopback, 5002)], server.EndPoints);
        _listeners[0].Verify(l => l.DisposeAsync(), Times.Once);
        _listeners[0].Verify(l => l.Start(It.IsAny<Action<TransportConnection>>(), It.IsAny<Action<Exception>>()), Times.Never);
        _listeners[1].Verify(l => l.Start(It.IsAny<Action<TransportConnection>>(), It.IsAny<Action<Exception>>()), Times.Once);
        await host.StopAsync();
        _listeners[1].Verify(l => l.DisposeAsync(), Times.Once);
    }

    [Fact]
    public async Task Binding_fails_if_every_port_is_in_use()
    {
        _transport.Setup(t => t.Bind(It.Is<EndPoint>(e => IsIPv4(e)))).Returns(() => Listener(IPAddress.Loopback, 5001));
        _transport.Setup(t => t.Bind(It.Is<EndPoint>(e => !IsIPv4(e)))).Throws(new SocketException((int)SocketError.AddressAlreadyInUse));

        using var host = BuildHost();
        var error = await Assert.ThrowsAsync<IOException>(() => host.StartAsync());

        Assert.Contains("[::1]:5001", error.Message, StringComparison.Ordinal);
        Assert.All(_listeners, listener => listener.Verify(l => l.DisposeAsync(), Times.Once));
    }

    private static bool IsIPv4(EndPoint endPoint) => endPoint.AddressFamily == AddressFamily.InterNetwork;

    private TransportListener Listener(IPAddress address, int port)
    {
        var listener = new Mock<TransportListener>();
        listener.SetupGet(l => l.EndPoint).Returns(new IPEndPoint(address, port));
        _listeners.Add(listener);
        return listener.Object;
    }

    private IHost BuildHost()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddTPacketServer(o => o.Port = 0);
        builder.Services.Replace(ServiceDescriptor.Singleton(_transport.Object));
        return builder.Build();
    }
}
