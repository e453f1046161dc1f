using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TPacket.Interop.Tests;
using WebChat;

namespace TPacket.Pages.Tests;

/// <summary>The socket buffers are small for a browser that does not read, also on sockets of Kestrel.</summary>
public class ListenSocketTests
{
    [Fact]
    public async Task A_connection_begins_with_the_buffers_of_the_listening_socket()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var deadline = Deadline.Start();
        using var listener = ChatApp.CreateListenSocket(new IPEndPoint(IPAddress.Loopback, 0), 20_000, 24_000);
        listener.Listen();
        using var browser = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await browser.ConnectAsync(listener.LocalEndPoint!, deadline.Token);
        using var accepted = await listener.AcceptAsync(deadline.Token);

        // Linux reports the size that it reserves.
        Assert.Equal((40_000, 48_000), (accepted.SendBufferSize, accepted.ReceiveBufferSize));
    }

    [Fact]
    public async Task Kestrel_uses_a_listening_socket_with_these_buffers()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var deadline = Deadline.Start();
        await using var app = ChatApp.Build(["--urls", "http://127.0.0.1:0", "--TPacket:SendBufferBytes", "16384", "--TPacket:ReceiveBufferBytes", "20480", "--TPacket:Sqlite:Path", "", "--Logging:LogLevel:Default", "None"]);
        await app.StartAsync(deadline.Token);
        var sockets = app.Services.GetRequiredService<IOptions<SocketTransportOptions>>().Value;
        using var made = sockets.CreateBoundListenSocket(new IPEndPoint(IPAddress.Loopback, 0));
        Assert.Equal((2 * 16384, 2 * 20480), (made.SendBufferSize, made.ReceiveBufferSize));
        await app.StopAsync(deadline.Token);
    }
}
