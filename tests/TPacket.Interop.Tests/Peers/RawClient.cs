using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TPacket.Interop.Tests.Peers;

/// <summary>A client that sends the bytes of the test, after an accepted upgrade.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly CancellationTokenSource _deadline = Deadline.Start();

    private RawClient()
    {
    }

    public static async Task<RawClient> OpenAsync(IPEndPoint server)
    {
        var client = new RawClient();
        await client._socket.ConnectAsync(server, client._deadline.Token);
        await client.SendAsync(Encoding.ASCII.GetBytes(
            $"GET / HTTP/1.1\r\nHost: {server}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        var head = "";
        var one = new byte[1];
        while (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            Assert.Equal(1, await client._socket.ReceiveAsync(one, client._deadline.Token));
            head += (char)one[0];
        }

        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        return client;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await _socket.SendAsync(bytes, _deadline.Token)..];
    }

    /// <summary>Reads all bytes up to the end of the stream; throws at a reset.</summary>
    public async Task<byte[]> ReceiveToEndAsync()
    {
        using var received = new MemoryStream();
        var buffer = new byte[4096];
        while (await _socket.ReceiveAsync(buffer, _deadline.Token) is > 0 and var length)
            received.Write(buffer, 0, length);
        return received.ToArray();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _deadline.Dispose();
    }
}
