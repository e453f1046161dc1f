using System.Buffers.Binary;

namespace TPacket.WebSockets.Tests;

/// <summary>Frames as a server sends them, written and decoded independently of the library.</summary>
internal static class ServerFrames
{
    public static byte[] Binary(params byte[] payload) => Frame(0x82, payload);

    public static byte[] Text(string text) => Frame(0x81, System.Text.Encoding.UTF8.GetBytes(text));

    public static byte[] Ping(params byte[] payload) => Frame(0x89, payload);

    public static byte[] Close(params byte[] payload) => Frame(0x88, payload);

    /// <summary>A frame of at most 65,535 bytes of payload.</summary>
    public static byte[] Frame(byte first, byte[] payload) => payload.Length < 126
        ? [first, (byte)payload.Length, .. payload]
        : [first, 126, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];

    /// <summary>Decodes whole frames, one line each: opcode and payload. Anything but whole, final, unmasked frames fails the test.</summary>
    public static string[] Decode(byte[] bytes)
    {
        var lines = new List<string>();
        var position = 0;
        while (position < bytes.Length)
        {
            var first = bytes[position];
            long length = bytes[position + 1];
            position += 2;
            if (length == 126)
            {
                length = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(position));
                position += 2;
            }
            else if (length == 127)
            {
                length = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(position));
                position += 8;
            }

            Assert.InRange(length, 0, bytes.Length - position);
            lines.Add($"{Name(first)} {Hex.Of(bytes.AsSpan(position, (int)length))}");
            position += (int)length;
        }

        return [.. lines];
    }

    private static string Name(byte first) => first switch
    {
        0x81 => "Text",
        0x82 => "Binary",
        0x88 => "Close",
        0x89 => "Ping",
        0x8A => "Pong",
        _ => throw new InvalidOperationException($"No frame begins with {first:x2}."),
    };
}
