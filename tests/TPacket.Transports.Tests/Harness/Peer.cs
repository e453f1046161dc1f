using System.Net;
using System.Net.Sockets;

namespace TPacket.Transports.Tests.Harness;

/// <summary>A plain socket at the other end of a connection.</summary>
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

    /// <summary>Receives exactly <paramref name="count"/> bytes.</summary>
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

    /// <summary>Receives until an orderly end or a reset.</summary>
    public async Task ReceiveAnyEndAsync()
    {
        try
        {
            await ReceiveToEndAsync();
        }
        catch (SocketException)
        {
            // A reset is an end as well.
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
            // The other end has already reset the connection.
        }
    }

    /// <summary>Closes the socket with a reset.</summary>
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
