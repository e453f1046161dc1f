using System.Net;
using System.Net.Sockets;

namespace TPacket.Transports.Tests.Harness;

/// <summary>The other end of a connection: a plain socket.</summary>
internal class Peer(Socket socket) : IDisposable
{
    public EndPoint LocalEndPoint => socket.LocalEndPoint!;

    protected Socket Socket => socket;

    public static async Task<Peer> ConnectAsync(EndPoint listener) => new(await ConnectSocketAsync(listener));

    public static async Task<Socket> ConnectSocketAsync(EndPoint listener)
    {
        using var deadline = Deadline.Start();
        var isUnix = listener.AddressFamily == AddressFamily.Unix;
        var socket = new Socket(listener.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        if (!isUnix)
            socket.NoDelay = true;
        await socket.ConnectAsync(listener, deadline.Token);
        return socket;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var deadline = Deadline.Start();
        await WriteAsync(bytes, deadline.Token);
    }

    /// <summary>Receives exactly so many bytes.</summary>
    public async Task<byte[]> ReceiveAsync(int count)
    {
        using var deadline = Deadline.Start();
        var bytes = new byte[count];
        for (var received = 0; received < count;)
        {
            var more = await ReadAsync(bytes.AsMemory(received), deadline.Token);
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
        while ((received = await ReadAsync(chunk, deadline.Token)) > 0)
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

    public virtual void ShutdownSend()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The other end has reset the connection before.
        }
    }

    /// <summary>Vanishes: the other end gets a reset.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    public virtual void Dispose() => socket.Dispose();

    protected virtual ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => socket.ReceiveAsync(buffer, cancellationToken);

    protected virtual async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes, cancellationToken)..];
    }
}
