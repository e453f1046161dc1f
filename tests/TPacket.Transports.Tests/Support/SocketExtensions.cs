using System.Net.Sockets;

namespace TPacket.Transports.Tests.Support;

internal static class SocketExtensions
{
    public static async Task<byte[]> ReceiveExactlyAsync(this Socket socket, int length)
    {
        var bytes = new byte[length];
        for (var read = 0; read < length;)
        {
            var received = await socket.ReceiveAsync(bytes.AsMemory(read)).AsTask().Within();
            Assert.NotEqual(0, received);
            read += received;
        }

        return bytes;
    }

    /// <summary>Receives to the end of the stream.</summary>
    public static async Task<byte[]> ReceiveToEndAsync(this Socket socket)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[65536];
        while (await socket.ReceiveAsync(buffer.AsMemory()).AsTask().Within() is > 0 and var received)
            bytes.Write(buffer, 0, received);
        return bytes.ToArray();
    }

    /// <summary>Ends the connection with a reset.</summary>
    public static void Reset(this Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }
}
