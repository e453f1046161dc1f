using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;

namespace TPacket.Samples.Tests.Harness;

/// <summary>A client that implements docs/protocol.md without the libraries.</summary>
internal sealed class PacketClient(CancellationToken deadline) : IDisposable
{
    public const int Nop = 0;
    public const int SetUserNick = 1;
    public const int SetRoom = 2;
    public const int RespOk = 3;
    public const int RespError = 4;
    public const int NewUser = 5;
    public const int DelUser = 6;
    public const int NewMsg = 7;
    public const int AcceptCommands = 10;

    private readonly ClientWebSocket _socket = new();
    private int _uid = 0x1000;

    /// <summary>The status of the server's close frame, once it was received.</summary>
    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    /// <summary>Connects and sends the magic string.</summary>
    public static async Task<PacketClient> ConnectAsync(string endPoint, CancellationToken deadline)
    {
        var client = new PacketClient(deadline);
        await client._socket.ConnectAsync(new Uri($"ws://{endPoint}/"), deadline);
        await client.SendAsync(Nop, "magic string :)");
        return client;
    }

    /// <summary>Connects, signs in and enters a room.</summary>
    /// <returns>The client and its user id.</returns>
    public static async Task<(PacketClient Client, int Id)> EnterAsync(string endPoint, string nick, string room, CancellationToken deadline)
    {
        var client = await ConnectAsync(endPoint, deadline);
        Assert.Equal(RespOk, (await client.AskAsync(SetUserNick, nick)).Command);
        Assert.Equal(RespOk, (await client.AskAsync(SetRoom, room)).Command);
        Packet member;
        do
            member = await client.ReceiveAsync();
        while (member.Text != nick);
        Assert.Equal(NewUser, member.Command);
        return (client, member.P1);
    }

    /// <summary>Sends a packet.</summary>
    /// <returns>Its uid.</returns>
    public async Task<int> SendAsync(int command, string text = "", int p1 = 0, int p2 = 0)
    {
        var data = Encoding.UTF8.GetBytes(text);
        var packet = new byte[24 + data.Length];
        var uid = _uid++;
        "Ej8@"u8.CopyTo(packet);
        BinaryPrimitives.WriteInt32LittleEndian(packet.AsSpan(4), uid);
        BinaryPrimitives.WriteInt32LittleEndian(packet.AsSpan(8), packet.Length);
        BinaryPrimitives.WriteInt32LittleEndian(packet.AsSpan(12), command);
        BinaryPrimitives.WriteInt32LittleEndian(packet.AsSpan(16), p1);
        BinaryPrimitives.WriteInt32LittleEndian(packet.AsSpan(20), p2);
        data.CopyTo(packet, 24);
        await _socket.SendAsync(packet, WebSocketMessageType.Binary, endOfMessage: true, deadline);
        return uid;
    }

    /// <summary>Sends a packet, and receives its answer, which has to be the server's next packet.</summary>
    public async Task<Packet> AskAsync(int command, string text = "", int p1 = 0, int p2 = 0)
    {
        var uid = await SendAsync(command, text, p1, p2);
        var answer = await ReceiveAsync();
        Assert.Equal(uid, answer.Uid);
        return answer;
    }

    public async Task<Packet> ReceiveAsync()
    {
        var buffer = new byte[1024];
        var result = await _socket.ReceiveAsync(buffer, deadline);
        Assert.Equal(WebSocketMessageType.Binary, result.MessageType);
        Assert.True(result.EndOfMessage);
        Assert.Equal("Ej8@"u8, buffer.AsSpan(0, 4));
        Assert.Equal(result.Count, Int(8));
        return new Packet(Int(4), Int(12), Int(16), Int(20), Encoding.UTF8.GetString(buffer, 24, result.Count - 24));

        int Int(int offset) => BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(offset));
    }

    /// <summary>Receives the server's close frame, which has to be the next frame, and answers it.</summary>
    public async Task ReceiveCloseAsync()
    {
        var result = await _socket.ReceiveAsync(new byte[1024], deadline);
        Assert.Equal(WebSocketMessageType.Close, result.MessageType);
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, deadline);
    }

    public Task CloseAsync() => _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, deadline);

    public void Dispose() => _socket.Dispose();

    public readonly record struct Packet(int Uid, int Command, int P1, int P2, string Text);
}
