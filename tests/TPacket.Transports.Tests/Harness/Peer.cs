using System.Net;
using System.Net.Sockets;

namespace TPacket.Transports.Tests.Harness;

/// <summary>The other end of a connection: a plain socket.</summary>
internal sealed class Peer : IDisposable
{
    private readonly Socket _socket;

    private Peer(Socket socket) => _socket = socket;

    public EndPoint LocalEndPoint => _socket.LocalEndPoint!;

    public static async Task<Peer> ConnectAsync(EndPoint listener)
    {
        using var deadline = Deadline.Start();
        var socket = new Socket(listener.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(listener, deadline.Token);
        return new Peer(socket);
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var deadline = Deadline.Start();
        while (!bytes.IsEmpty)
            bytes = bytes[await _socket.SendAsync(bytes, deadline.Token)..];
    }

    /// <summary>Receives exactly so many bytes.</summary>
    public async Task<byte[]> ReceiveAsync(int count)
    {
        using var deadline = Deadline.Start();
        var bytes = new byte[count];
        for (var received = 0; received < count;)
        {
            var more = await _socket.ReceiveAsync(bytes.AsMemory(received), deadline.Token);
            Assert.True(more > 0, $"The connection ended after {received} of {count} bytes.");
            received += more;
        }

        return bytes;
    }

    /// <summary>Receives until the end of the stream.</summary>
    public async Task<byte[]> ReceiveToEndAsync()
    {
        using var deadline = Deadline.Start();
        using var all = new MemoryStream();
        var chunk = new byte[64 * 1024];
        int received;
        while ((received = await _socket.ReceiveAsync(chunk.AsMemory(), deadline.Token)) > 0)
            all.Write(chunk, 0, received);
        return all.ToArray();
    }

    /// <summary>Receives until the end, be it in order or a reset.</summary>
    public async Task ReceiveAnyEndAsync()
    {
        try
        {
            await ReceiveToEndAsync();
        }
        catch (SocketException)
        {
            // A reset is an end, too.
        }
    }

    public void ShutdownSend()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The other end has reset the connection before.
        }
    }

    /// <summary>Vanishes: the other end gets a reset.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();
}
