using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using TPacket.ConsoleHost;

namespace TPacket.Peers;

/// <summary>
/// A server that measures the minimum cost on System.Net.Sockets. It assumes complete, masked frames of a benign client, and sends the results of one receive with one send per client. Not for use
/// with untrusted clients.
/// </summary>
internal static class SocketsPeer
{
    private const string KeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    public static async Task RunAsync(PeerRooms? rooms)
    {
        using var trimmer = new IdleMemoryTrimmer();
        await trimmer.StartAsync(CancellationToken.None);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1024);
        Console.WriteLine($"Listening on {listener.LocalEndPoint}.");
        while (true)
            _ = ServeAsync(await listener.AcceptAsync(), rooms);
    }

    private static async Task ServeAsync(Socket socket, PeerRooms? rooms)
    {
        using var owned = socket;
        socket.NoDelay = true;
        var member = new SocketMember(socket);
        try
        {
            var buffer = new byte[4096];
            var length = 0;
            var open = false;
            while (await socket.ReceiveAsync(buffer.AsMemory(length)) is > 0 and var received)
            {
                length += received;
                var used = open ? Answer(member, rooms, buffer.AsSpan(0, length)) : await UpgradeAsync(socket, buffer.AsMemory(0, length));
                open |= used > 0;
                buffer.AsSpan(used, length - used).CopyTo(buffer);
                length -= used;
                if (length == buffer.Length)
                    Array.Resize(ref buffer, 2 * length);
            }
        }
        catch (SocketException)
        {
            // The client has disconnected.
        }

        rooms?.Leave(member);
        SocketMember.FlushAll();
    }

    private static async ValueTask<int> UpgradeAsync(Socket socket, ReadOnlyMemory<byte> head)
    {
        var request = Encoding.ASCII.GetString(head.Span);
        if (!request.EndsWith("\r\n\r\n", StringComparison.Ordinal))
            return 0;
        var key = request.Split("\r\n").Single(line => line.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase)).Split(':')[1].Trim();
#pragma warning disable CA5350 // RFC 6455 requires SHA-1.
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + KeySuffix)));
#pragma warning restore CA5350
        await socket.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"));
        return head.Length;
    }

    /// <returns>The number of bytes in complete frames.</returns>
    private static int Answer(SocketMember member, PeerRooms? rooms, Span<byte> input)
    {
        var used = 0;
        while (TryReadFrame(input[used..], out var payload, out var length))
        {
            if (rooms is null)
                member.Queue(payload);
            else
                rooms.Handle(member, payload);
            used += length;
        }

        SocketMember.FlushAll();
        return used;
    }

    private static bool TryReadFrame(Span<byte> input, out Span<byte> payload, out int length)
    {
        payload = default;
        length = 0;
        if (input.Length < 6)
            return false;
        var (payloadLength, start) = (input[1] & 0x7F) switch
        {
            126 => (BinaryPrimitives.ReadUInt16BigEndian(input[2..]), 8),
            var small => (small, 6),
        };
        length = start + payloadLength;
        if (input.Length < length)
            return false;
        var key = input[(start - 4)..start];
        payload = input[start..length];
        for (var i = 0; i < payload.Length; i++)
            payload[i] ^= key[i & 3];
        return true;
    }

    private sealed class SocketMember(Socket socket) : PeerRooms.Member
    {
        [ThreadStatic]
        private static List<SocketMember>? _waiting;

        private byte[] _output = [];
        private int _length;

        /// <summary>Flushes the queues that this thread was the first to fill.</summary>
        public static void FlushAll()
        {
            foreach (var member in _waiting ??= [])
                member.Flush();
            _waiting.Clear();
        }

        public override void Send(byte[] packet) => Queue(packet);

        public void Queue(ReadOnlySpan<byte> packet)
        {
            lock (this)
            {
                if (_length == 0)
                    (_waiting ??= []).Add(this);
                if (_output.Length < _length + packet.Length + 4)
                    Array.Resize(ref _output, Math.Max(2 * _output.Length, _length + packet.Length + 4));
                _length += WriteFrame(_output.AsSpan(_length), packet);
            }
        }

        private void Flush()
        {
            lock (this)
            {
                try
                {
                    socket.Send(_output.AsSpan(0, _length));
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    // The client's own read reports the error.
                }

                _length = 0;
            }
        }

        private static int WriteFrame(Span<byte> destination, ReadOnlySpan<byte> payload)
        {
            destination[0] = 0x82;
            var start = payload.Length < 126 ? 2 : 4;
            destination[1] = (byte)(start == 2 ? payload.Length : 126);
            if (start == 4)
                BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)payload.Length);
            payload.CopyTo(destination[start..]);
            return start + payload.Length;
        }
    }
}
