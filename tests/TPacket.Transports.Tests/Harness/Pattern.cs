namespace TPacket.Transports.Tests.Harness;

/// <summary>Bytes that no other order or selection of themselves looks like.</summary>
internal static class Pattern
{
    public static byte[] Create(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
