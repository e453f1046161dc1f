using System.Text;
using TPacket.Protocol;
using TPacket.WebSockets.Framing;

namespace TPacket.Benchmarks.Harness;

/// <summary>Creates the bytes that a client sends.</summary>
internal static class ClientBytes
{
    public static ReadOnlySpan<byte> Upgrade =>
        "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"u8;

    /// <summary>Creates a binary message in one masked frame.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> payload)
    {
        var form = new FrameForm(Opcode.Binary, Masked: true);
        var frame = new byte[FrameWriter.FrameLength(payload.Length, masked: true)];
        FrameWriter.Write(frame, form, payload, []);
        return frame;
    }

    /// <summary>Creates a packet with uid 1 in one masked frame.</summary>
    public static byte[] Packet(int command, string text = "", int p1 = 0, int p2 = 0)
    {
        var data = Encoding.UTF8.GetBytes(text);
        var packet = new byte[PacketHeader.Size + data.Length];
        PacketWriter.Write(packet, uid: 1, command, p1, p2, data);
        return Frame(packet);
    }

    public static byte[] Packet(PacketCommand command, string text = "", int p1 = 0, int p2 = 0) => Packet((int)command, text, p1, p2);
}
