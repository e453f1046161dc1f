using System.Reflection;
using BenchmarkDotNet.Attributes;
using TPacket.WebSockets.Framing;

namespace TPacket.Benchmarks;

/// <summary>
/// Compares unmasking (RFC 6455, section 5.3) by this library, by a loop over bytes, and by .NET's WebSocket. The payload is not aligned, as after a header.
/// </summary>
public class MaskingBenchmarks
{
    private const uint Key = 0x78563412;

    private static readonly ApplyMask _framework = typeof(System.Net.WebSockets.WebSocket).Assembly
        .GetType("System.Net.WebSockets.ManagedWebSocket")!
        .GetMethod("ApplyMask", BindingFlags.NonPublic | BindingFlags.Static, [typeof(Span<byte>), typeof(int), typeof(int)])!
        .CreateDelegate<ApplyMask>();

    private byte[] _bytes = [];

    private delegate int ApplyMask(Span<byte> toMask, int mask, int maskIndex);

    [Params(8, 128, 1024, 65536)]
    public int Length { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _bytes = new byte[Length + 1];
        Random.Shared.NextBytes(_bytes);
    }

    [Benchmark(Baseline = true)]
    public uint Ours() => Masking.Apply(_bytes.AsSpan(1), Key);

    [Benchmark]
    public int Scalar()
    {
        var bytes = _bytes.AsSpan(1);
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] ^= (byte)(Key >> (8 * (i & 3)));
        return bytes.Length;
    }

    [Benchmark]
    public int Framework() => _framework(_bytes.AsSpan(1), unchecked((int)Key), 0);
}
