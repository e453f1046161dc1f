using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;

namespace TPacket.Packages.Tests;

/// <summary>A client that implements docs/protocol.md without the libraries.</summary>
internal sealed class PacketClient(CancellationToken deadline) : IDisposable
{
    private readonly ClientWebSocket _socket = new();

    public Task ConnectAsync(string endPoint) => _socket.ConnectAsync(new Uri($"ws://{endPoint}/"), deadline);

    public Task SendAsync(int uid, int command, string text = "", int p1 = 0, int p2 = 0)
    {
        var data = Encoding.UTF8.GetBytes(text);
        var packet = new byte[24 + data.Length];
        "Ej8@"u8.CopyTo(packet);
        BinaryPrimitives.WriteInt32LittleEndian(packet.AsSpan(4), uid);
        BinaryPrimitives.WriteInt32LittleEndian(packet.AsSpan(8), packet.Length);
        BinaryPrimitives.WriteInt32LittleEndian(packet.AsSpan(12), command);
        BinaryPrimitives.WriteInt32LittleEndian(packet.AsSpan(16), p1);
        BinaryPrimitives.WriteInt32LittleEndian(packet.AsSpan(20), p2);
        data.CopyTo(packet, 24);
        return _socket.SendAsync(packet, WebSocketMessageType.Binary, endOfMessage: true, deadline);
    }

    public async Task<Packet> ReceiveAsync()
    {
        var buffer = new byte[1024];
        var result = await _socket.ReceiveAsync(buffer, deadline);
        Assert.Equal(WebSocketMessageType.Binary, result.MessageType);
        Assert.True(result.EndOfMessage);
        Assert.Equal("Ej8@"u8, buffer.AsSpan(0, 4));
        Assert.Equal(result.Count, Int(8));
        return new Packet(Int(4), Int(12), Int(16), Encoding.UTF8.GetString(buffer, 24, result.Count - 24));

        int Int(int offset) => BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(offset));
    }

    public Task CloseAsync() => _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, deadline);

    public void Dispose() => _socket.Dispose();

    public readonly record struct Packet(int Uid, int Command, int P1, string Text);
}
