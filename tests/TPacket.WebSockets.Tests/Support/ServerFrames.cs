using System.Buffers.Binary;

namespace TPacket.WebSockets.Tests;

/// <summary>Unmasked frames of a server, encoded and decoded independently of the library.</summary>
internal static class ServerFrames
{
    public static byte[] Binary(params byte[] payload) => Frame(0x82, payload);

    public static byte[] Text(string text) => Frame(0x81, System.Text.Encoding.UTF8.GetBytes(text));

    public static byte[] Ping(params byte[] payload) => Frame(0x89, payload);

    public static byte[] Close(params byte[] payload) => Frame(0x88, payload);

    public static byte[] Frame(byte first, byte[] payload) => payload.Length switch
    {
        < 126 => [first, (byte)payload.Length, .. payload],
        < 65536 => [first, 126, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload],
        _ => [first, 127, .. Length64(payload.Length), .. payload],
    };

    /// <summary>Decodes frames to one line each: opcode and payload. Incomplete, fragmented or masked frames fail the test.</summary>
    public static string[] Decode(byte[] bytes) => [.. WireFrame.Decode(bytes, masked: false).Select(static frame => frame.ToString())];

    private static byte[] Length64(long length)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, length);
        return bytes;
    }
}
