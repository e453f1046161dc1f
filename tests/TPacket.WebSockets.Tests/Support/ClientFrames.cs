using System.Buffers.Binary;

namespace TPacket.WebSockets.Tests;

/// <summary>Frames as a client sends them, masked, written independently of the library.</summary>
internal static class ClientFrames
{
    public static byte[] Binary(params byte[] payload) => Frame(0x82, payload, [0x12, 0x34, 0x56, 0x78]);

    public static byte[] Text(string text) => Frame(0x81, System.Text.Encoding.UTF8.GetBytes(text), [0x12, 0x34, 0x56, 0x78]);

    public static byte[] Ping(params byte[] payload) => Frame(0x89, payload, [0x12, 0x34, 0x56, 0x78]);

    public static byte[] Pong(params byte[] payload) => Frame(0x8A, payload, [0x12, 0x34, 0x56, 0x78]);

    public static byte[] Close(params byte[] payload) => Frame(0x88, payload, [0x12, 0x34, 0x56, 0x78]);

    public static byte[] Frame(byte first, byte[] payload, byte[] key)
    {
        var frame = new List<byte> { first };
        if (payload.Length < 126)
        {
            frame.Add((byte)(0x80 | payload.Length));
        }
        else if (payload.Length < 65536)
        {
            frame.Add(0x80 | 126);
            frame.Add((byte)(payload.Length >> 8));
            frame.Add((byte)payload.Length);
        }
        else
        {
            var length = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(length, payload.Length);
            frame.Add(0x80 | 127);
            frame.AddRange(length);
        }

        frame.AddRange(key);
        for (var i = 0; i < payload.Length; i++)
            frame.Add((byte)(payload[i] ^ key[i % 4]));
        return [.. frame];
    }

    /// <summary>Decodes whole frames as a server reads them, one line each. Anything but whole, final, masked frames fails the test.</summary>
    public static string[] Decode(byte[] bytes)
    {
        var plain = new List<byte>();
        for (var at = 0; at < bytes.Length;)
        {
            Assert.True((bytes[at + 1] & 0x80) != 0, "A client's frame has to be masked.");
            long length = bytes[at + 1] & 0x7F;
            var header = length == 126 ? 4 : length == 127 ? 10 : 2;
            if (length == 126)
                length = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at + 2));
            else if (length == 127)
                length = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(at + 2));
            plain.AddRange(bytes[at], (byte)(bytes[at + 1] & 0x7F));
            plain.AddRange(bytes.AsSpan(at + 2, header - 2));
            var key = bytes.AsSpan(at + header, 4);
            at += header + 4;
            for (var i = 0; i < length; i++)
                plain.Add((byte)(bytes[at + i] ^ key[i % 4]));
            at += (int)length;
        }

        return ServerFrames.Decode([.. plain]);
    }
}
