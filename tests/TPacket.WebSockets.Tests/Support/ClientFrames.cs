namespace TPacket.WebSockets.Tests;

/// <summary>Masked frames of a client, encoded and decoded independently of the library.</summary>
internal static class ClientFrames
{
    private static readonly byte[] _key = [0x12, 0x34, 0x56, 0x78];

    public static byte[] Binary(params byte[] payload) => Frame(0x82, payload, _key);

    public static byte[] Text(string text) => Frame(0x81, System.Text.Encoding.UTF8.GetBytes(text), _key);

    public static byte[] Ping(params byte[] payload) => Frame(0x89, payload, _key);

    public static byte[] Pong(params byte[] payload) => Frame(0x8A, payload, _key);

    public static byte[] Close(params byte[] payload) => Frame(0x88, payload, _key);

    public static byte[] Frame(byte first, byte[] payload, byte[] key)
    {
        var frame = ServerFrames.Frame(first, [.. payload.Select((b, i) => (byte)(b ^ key[i % 4]))]);
        frame[1] |= 0x80;
        var header = frame.Length - payload.Length;
        return [.. frame[..header], .. key, .. frame[header..]];
    }

    /// <summary>Decodes frames to one line each. Incomplete, fragmented or unmasked frames fail the test.</summary>
    public static string[] Decode(byte[] bytes) => [.. WireFrame.Decode(bytes, masked: true).Select(static frame => frame.ToString())];
}
