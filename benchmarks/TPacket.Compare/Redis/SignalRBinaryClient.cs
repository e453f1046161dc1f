using System.Text;
using TPacket.WebSockets;

namespace TPacket.Compare.Redis;

/// <summary>A client of a SignalR hub with the MessagePack protocol: arrays with a length prefix.</summary>
internal sealed class SignalRBinaryClient(Load load, PacedMember member) : PacedClient(load, member)
{
    private const byte Nil = 0xc0;
    private const byte NoHeaders = 0x80;
    private const byte ArrayOfOne = 0x91;
    private const byte Invocation = 1;
    private const byte Completion = 3;

    // The offset of the text, after the array, its type, no headers, no id, the name "Said", the array of arguments, and the length of the text.
    private const int TextStart = 12;

    protected override void OnOpen()
    {
        Connection.Send(MessageType.Text, [.. """{"protocol":"messagepack","version":1}"""u8, 0x1e]);
        Send([0x96, Invocation, NoHeaders, 0xa1, (byte)'1', .. Short("Enter"), ArrayOfOne, .. Short(Member.Room), 0x90]);
    }

    protected override ValueTask OnMessage(MessageType type, ReadOnlySpan<byte> payload)
    {
        // The response to the handshake is always JSON.
        if (payload[0] == '{')
            payload = payload[(payload.IndexOf((byte)0x1e) + 1)..];
        while (!payload.IsEmpty)
        {
            var (length, bytes) = payload[0] < 0x80 ? (payload[0], 1) : ((payload[0] & 0x7f) | (payload[1] << 7), 2);
            OnRecord(payload.Slice(bytes, length));
            payload = payload[(bytes + length)..];
        }

        return default;
    }

    protected override void Say(ReadOnlySpan<byte> text) => Send([0x96, Invocation, NoHeaders, Nil, .. Short("Say"), ArrayOfOne, 0xd9, TextLength, .. text, 0x90]);

    private static byte[] Short(string text) => [(byte)(0xa0 | text.Length), .. Encoding.ASCII.GetBytes(text)];

    private void OnRecord(ReadOnlySpan<byte> record)
    {
        if (record[1] == Invocation)
            Hear(record.Slice(TextStart, TextLength));
        else if (record[1] == Completion)
            SetReady();
    }

    private void Send(ReadOnlySpan<byte> record) => Connection.Send(MessageType.Binary, [(byte)record.Length, .. record]);
}
