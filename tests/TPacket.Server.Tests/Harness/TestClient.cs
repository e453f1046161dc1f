using System.Net.WebSockets;
using System.Text;

namespace TPacket.Server.Tests.Harness;

/// <summary>A valid client that shares no code with the product: .NET's WebSocket and a codec of its own. One thread may send while another one receives.</summary>
internal sealed class TestClient : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private byte[] _buffer = new byte[1024];
    private int _lastUid = 0xFFF;

    private TestClient()
    {
        _socket.Options.KeepAliveInterval = TimeSpan.Zero;
    }

    public string Nick { get; private set; } = "";

    /// <summary>The user's id, once the client is in a room.</summary>
    public int Id { get; set; }

    /// <summary>The encoded position after the last event that the client has received, if it follows the log.</summary>
    public byte[] PositionBytes { get; } = [0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0];

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    /// <summary>The subprotocol that was agreed on.</summary>
    public string? Subprotocol => _socket.SubProtocol;

    /// <summary>Connects.</summary>
    /// <param name="uri">The server's address.</param>
    /// <param name="origin">The origin of the page, as a browser sends it.</param>
    /// <param name="compression">Whether the client offers compression, which the server has to accept.</param>
    /// <param name="configure">Sets more of the socket's options.</param>
    /// <param name="invoker">Sends the request; null for HTTP/1.1 on a connection of its own.</param>
    public static async Task<TestClient> ConnectAsync(
        Uri uri, string? origin = null, bool compression = false, Action<ClientWebSocketOptions>? configure = null, HttpMessageInvoker? invoker = null)
    {
        using var deadline = Deadline.Start();
        var client = new TestClient();
        if (origin is not null)
            client._socket.Options.SetRequestHeader("Origin", origin);
        if (compression)
            client._socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        client._socket.Options.CollectHttpResponseDetails = compression;
        // Test servers sign their certificates themselves.
        if (invoker is null)
            client._socket.Options.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null;
        configure?.Invoke(client._socket.Options);
        await client._socket.ConnectAsync(uri, invoker, deadline.Token);
        Assert.True(!compression || client._socket.HttpResponseHeaders!.ContainsKey("Sec-WebSocket-Extensions"), "The server does not compress.");
        return client;
    }

    public async Task SendBytesAsync(byte[] message, WebSocketMessageType type = WebSocketMessageType.Binary)
    {
        using var deadline = Deadline.Start();
        await _socket.SendAsync(message, type, endOfMessage: true, deadline.Token);
    }

    /// <summary>Sends a packet with the next uid, and returns the uid.</summary>
    public Task<int> SendAsync(int command, string text = "", int p1 = 0, int p2 = 0) => SendAsync(command, Encoding.UTF8.GetBytes(text), p1, p2);

    public async Task<int> SendAsync(int command, byte[] data, int p1 = 0, int p2 = 0)
    {
        var uid = Interlocked.Increment(ref _lastUid);
        await SendBytesAsync(new Packet(uid, command, p1, p2, data).Encode());
        return uid;
    }

    /// <summary>Receives the next packet; a close or the end of the connection fails the test.</summary>
    public async Task<Packet> ReceiveAsync() => await TryReceiveAsync() ?? throw new InvalidOperationException($"Closed: {_socket.CloseStatus} {_socket.CloseStatusDescription}.");

    public async Task<List<Packet>> ReceiveAsync(int count)
    {
        var packets = new List<Packet>();
        while (packets.Count < count)
            packets.Add(await ReceiveAsync());
        return packets;
    }

    /// <summary>Receives the next packet; null for a close.</summary>
    public async Task<Packet?> TryReceiveAsync()
    {
        using var deadline = Deadline.Start();
        var length = 0;
        while (true)
        {
            if (length == _buffer.Length)
                Array.Resize(ref _buffer, length * 2);
            var result = await _socket.ReceiveAsync(_buffer.AsMemory(length), deadline.Token);
            if (result.MessageType == WebSocketMessageType.Close)
                return null;
            Assert.Equal(WebSocketMessageType.Binary, result.MessageType);
            length += result.Count;
            if (result.EndOfMessage)
                return Packet.Decode(_buffer.AsSpan(0, length));
        }
    }

    /// <summary>Receives until the server closes.</summary>
    public async Task<WebSocketCloseStatus?> ReceiveCloseAsync()
    {
        while (await TryReceiveAsync() is not null)
        {
        }

        return _socket.CloseStatus;
    }

    /// <summary>Sends an unknown command, and receives all packets that the server has sent before its answer.</summary>
    public async Task<List<Packet>> FenceAsync()
    {
        var uid = await SendAsync(Wire.Unknown);
        var before = new List<Packet>();
        while (true)
        {
            var packet = await ReceiveAsync();
            if (packet.Uid == uid)
                return before;
            before.Add(packet);
        }
    }

    /// <summary>Receives all packets up to the first one that fits, which is included.</summary>
    public async Task<List<Packet>> FenceUntilAsync(Func<Packet, bool> last)
    {
        var packets = new List<Packet>();
        do
            packets.Add(await ReceiveAsync());
        while (!last(packets[^1]));
        return packets;
    }

    public async Task<Packet> ReplyAsync(int command, byte[] data, int p1 = 0, int p2 = 0)
    {
        var uid = await SendAsync(command, data, p1, p2);
        var reply = await ReceiveAsync();
        Assert.Equal(uid, reply.Uid);
        return reply;
    }

    /// <summary>Sends a packet, and receives the reply, which has to be the next packet.</summary>
    public Task<Packet> ReplyAsync(int command, string text = "", int p1 = 0, int p2 = 0) => ReplyAsync(command, Encoding.UTF8.GetBytes(text), p1, p2);

    public async Task SignInAsync(string nick)
    {
        await SendAsync(Wire.Nop, Wire.MagicString);
        Assert.Equal(Wire.RespOk, (await ReplyAsync(Wire.SetUserNick, nick)).Command);
        Nick = nick;
    }

    /// <summary>Enters a room.</summary>
    /// <returns>The packets after RESP_OK: roster and history, and later events.</returns>
    public async Task<List<Packet>> JoinAsync(string room)
    {
        var uid = await SendAsync(Wire.SetRoom, room);
        var received = await FenceAsync();
        Assert.Equal(new Packet(uid, Wire.RespOk, ""), received[0]);
        Id = Assert.Single(received, p => p.Command == Wire.NewUser && p.Text == Nick).P1;
        return received[1..];
    }

    /// <summary>Sends a message, and waits for its broadcast.</summary>
    public async Task SayAsync(string text)
    {
        await SendAsync(Wire.NewMsg, text);
        Assert.Equal(new Packet(-1, Wire.NewMsg, text, Id), await ReceiveAsync());
    }

    /// <summary>Accepts commands beyond the original protocol.</summary>
    public async Task AcceptAsync(params int[] commands)
    {
        foreach (var command in commands)
            Assert.Equal(Wire.RespOk, (await ReplyAsync(Wire.AcceptCommands, "", command, command)).Command);
    }

    /// <summary>Aborts the connection without a close, as a pulled cable does.</summary>
    public void Cut() => _socket.Abort();

    public async Task CloseAsync(WebSocketCloseStatus status = WebSocketCloseStatus.NormalClosure)
    {
        using var deadline = Deadline.Start();
        await _socket.CloseAsync(status, "", deadline.Token);
    }

    /// <summary>Sends a close; the server's answer is received with the other packets.</summary>
    public async Task CloseOutputAsync()
    {
        using var deadline = Deadline.Start();
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", deadline.Token);
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return default;
    }
}
