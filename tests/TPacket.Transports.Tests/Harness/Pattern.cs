namespace TPacket.Transports.Tests.Harness;

/// <summary>Random bytes, so that lost, duplicated or reordered bytes show in a comparison.</summary>
internal static class Pattern
{
    public static byte[] Create(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
