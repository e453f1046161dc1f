using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TPacket.Server.Tests.Harness;

/// <summary>A client that sends any bytes, and parses the server's bytes with code that the product does not share.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _chunk = new byte[16 * 1024];
    private readonly List<byte> _unread = [];

    private RawClient(Socket socket) => _socket = socket;

    public EndPoint LocalEndPoint => _socket.LocalEndPoint!;

    /// <summary>Whether the connection ended with a reset rather than in order.</summary>
    public bool WasReset { get; private set; }

    public static async Task<RawClient> ConnectAsync(IPEndPoint server, int receiveBufferSize = 0, int sendBufferSize = 0)
    {
        using var deadline = Deadline.Start();
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBufferSize > 0)
            socket.ReceiveBufferSize = receiveBufferSize;
        if (sendBufferSize > 0)
            socket.SendBufferSize = sendBufferSize;
        await socket.ConnectAsync(server, deadline.Token);
        return new RawClient(socket);
    }

    public static string UpgradeRequest(string path = "/", string extraHeaders = "") =>
        $"GET {path} HTTP/1.1\r\nHost: localhost:25021\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + $"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{extraHeaders}\r\n";

    public async Task SendAsync(params byte[] bytes)
    {
        using var deadline = Deadline.Start();
        for (var sent = 0; sent < bytes.Length;)
            sent += await _socket.SendAsync(bytes.AsMemory(sent), deadline.Token);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public Task SendAsync(Packet packet) => SendAsync(ClientFrame.Binary(packet));

    /// <summary>Sends as much as the server takes before it ends the connection.</summary>
    public async Task SendUntilRefusedAsync(byte[] bytes)
    {
        try
        {
            await SendAsync(bytes);
        }
        catch (SocketException)
        {
            // The server has ended the connection.
        }
    }

    /// <summary>Sends until the socket buffers of both sides accept nothing for a while, or have accepted enough.</summary>
    /// <returns>The number of bytes that they have accepted.</returns>
    public int SendWhatTheSystemTakes(byte[] bytes, int most)
    {
        var taken = 0;
        while (taken < most && _socket.Poll(TimeSpan.FromMilliseconds(500), SelectMode.SelectWrite))
            taken += _socket.Send(bytes);
        return taken;
    }

    /// <summary>Does the handshake.</summary>
    public async Task UpgradeAsync()
    {
        await SendAsync(UpgradeRequest());
        var head = await ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        // The accept value of the example in RFC 6455, section 1.3.
        Assert.Contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", head, StringComparison.Ordinal);
    }

    /// <summary>Does the handshake and signs in.</summary>
    public async Task SignInAsync(string nick)
    {
        await UpgradeAsync();
        await SendAsync([.. ClientFrame.Binary(new Packet(0x1000, Wire.Nop, Wire.MagicString)), .. ClientFrame.Binary(new Packet(0x1001, Wire.SetUserNick, nick))]);
        Assert.Equal(new Packet(0x1001, Wire.RespOk, ""), (await ReadFrameAsync()).Packet);
    }

    /// <summary>Enters a room, and returns when the server has confirmed it.</summary>
    /// <returns>The user's id.</returns>
    public async Task<int> JoinAsync(string nick, string room)
    {
        await SignInAsync(nick);
        await SendAsync(new Packet(0x1002, Wire.SetRoom, room));
        while (true)
        {
            var packet = (await ReadFrameAsync()).Packet;
            if (packet.Command == Wire.NewUser && packet.Text == nick)
                return packet.P1;
        }
    }

    /// <summary>Reads the head of a response, up to its empty line.</summary>
    public async Task<string> ReadHeadAsync()
    {
        for (var i = 0; ; i++)
        {
            Assert.True(await HasAsync(i + 4), "The connection ended within the head.");
            if (_unread[i] == '\r' && _unread[i + 1] == '\n' && _unread[i + 2] == '\r' && _unread[i + 3] == '\n')
                return Encoding.ASCII.GetString(Take(i + 4));
        }
    }

    /// <summary>Reads the next frame; the end of the connection fails the test.</summary>
    public async Task<ServerFrame> ReadFrameAsync() =>
        await TryReadFrameAsync() ?? throw new InvalidOperationException("The connection ended where a frame was expected.");

    /// <summary>Reads the next frame; null at the end of the connection.</summary>
    public async Task<ServerFrame?> TryReadFrameAsync()
    {
        if (!await HasAsync(2))
            return null;
        Assert.True(_unread[1] < 128, "A server's frames are not masked.");
        var header = _unread[1] switch { 126 => 4, 127 => 10, _ => 2 };
        if (!await HasAsync(header))
            return null;
        var extended = _unread.GetRange(2, header - 2).ToArray();
        long length = header switch { 4 => BinaryPrimitives.ReadUInt16BigEndian(extended), 10 => BinaryPrimitives.ReadInt64BigEndian(extended), _ => _unread[1] };
        if (!await HasAsync(header + (int)length))
            return null;
        var frame = Take(header + (int)length);
        return new ServerFrame((frame[0] & 0x80) != 0, frame[0] & 0x0F, frame[header..]) { IsCompressed = (frame[0] & 0x40) != 0 };
    }

    /// <summary>Reads every frame until the end of the connection.</summary>
    public async Task<List<ServerFrame>> ReadFramesToEndAsync()
    {
        var frames = new List<ServerFrame>();
        while (await TryReadFrameAsync() is { } frame)
            frames.Add(frame);
        Assert.Empty(_unread);
        return frames;
    }

    /// <summary>Reads every byte until the end of the connection.</summary>
    public async Task<byte[]> ReadToEndAsync()
    {
        while (await HasAsync(_unread.Count + 1))
        {
        }

        return Take(_unread.Count);
    }

    /// <summary>Aborts the connection: the server receives a reset.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    /// <summary>Ends the client's stream; the server's stream can still be read.</summary>
    public void ShutdownSend() => _socket.Shutdown(SocketShutdown.Send);

    public void Dispose() => _socket.Dispose();

    private byte[] Take(int length)
    {
        var taken = _unread.GetRange(0, length).ToArray();
        _unread.RemoveRange(0, length);
        return taken;
    }

    private async Task<bool> HasAsync(int length)
    {
        using var deadline = Deadline.Start();
        try
        {
            while (_unread.Count < length)
            {
                var received = await _socket.ReceiveAsync(_chunk.AsMemory(), deadline.Token);
                if (received == 0)
                    return false;
                _unread.AddRange(_chunk.AsSpan(0, received));
            }

            return true;
        }
        catch (SocketException)
        {
            WasReset = true;
            return false;
        }
    }
}
