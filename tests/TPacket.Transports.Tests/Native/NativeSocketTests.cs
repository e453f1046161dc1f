using System.Net;
using System.Net.Sockets;
using TPacket.Transports.Native;

namespace TPacket.Transports.Tests.Native;

/// <summary>System calls return an error number for any argument.</summary>
public class NativeSocketTests
{
    private const int BadDescriptor = -9;

    [Fact]
    public void An_invalid_descriptor_returns_an_error_number()
    {
        if (!OperatingSystem.IsLinux())
            return;
        Assert.Equal(BadDescriptor, NativeSocket.Receive(-1, new byte[1]));
        Assert.Equal(BadDescriptor, NativeSocket.Receive(-1, []));
        Assert.Equal(BadDescriptor, NativeSocket.Send(-1, new byte[1]));
        Assert.Equal(BadDescriptor, NativeSocket.Send(-1, []));
        Assert.Equal(BadDescriptor, NativeSocket.Send(-1, new byte[1], new byte[1]));
        Assert.Equal(BadDescriptor, NativeSocket.Send(-1, [], []));
        Assert.Equal(BadDescriptor, NativeSocket.Accept(-1, out var remote));
        Assert.Null(remote.ToEndPoint());
        Assert.Null(NativeSocket.LocalEndPoint(-1));
        NativeSocket.ShutdownSend(-1);
        NativeSocket.ShutdownBoth(-1);
        NativeSocket.SetSendBuffer(-1, 4096);
        NativeSocket.Close(-1, TimeSpan.FromSeconds(5));
        NativeSocket.Reset(-1);
    }

    [Fact]
    public async Task A_connection_is_accepted_sends_receives_and_ends()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Assert.Equal(-Errno.TryAgain, NativeSocket.Accept((int)listener.Handle, out _));
        using var peer = await Harness.Peer.ConnectAsync(listener.LocalEndPoint!);
        var descriptor = NativeSocket.Accept((int)listener.Handle, out var remote);
        Assert.True(descriptor > 2);
        Assert.Equal(peer.LocalEndPoint, remote.ToEndPoint());
        Assert.Equal(listener.LocalEndPoint, NativeSocket.LocalEndPoint(descriptor));

        Assert.Equal(-Errno.TryAgain, NativeSocket.Receive(descriptor, new byte[8]));
        Assert.Equal(0, NativeSocket.Send(descriptor, []));
        Assert.Equal(3, NativeSocket.Send(descriptor, "abc"u8));
        Assert.Equal("abc"u8.ToArray(), await peer.ReceiveAsync(3));
        Assert.Equal(0, NativeSocket.Send(descriptor, [], []));
        Assert.Equal(5, NativeSocket.Send(descriptor, "de"u8, "fgh"u8));
        Assert.Equal("defgh"u8.ToArray(), await peer.ReceiveAsync(5));
        NativeSocket.ShutdownSend(descriptor);
        // The call returns an error number. It raises no signal, which would end the process.
        Assert.Equal(-Errno.BrokenPipe, NativeSocket.Send(descriptor, "x"u8));
        Assert.Equal(-Errno.BrokenPipe, NativeSocket.Send(descriptor, "x"u8, "y"u8));
        Assert.Empty(await peer.ReceiveToEndAsync());
        NativeSocket.Close(descriptor, TimeSpan.Zero);
        Assert.True(NativeSocket.Receive(descriptor, new byte[1]) < 0);
    }
}
