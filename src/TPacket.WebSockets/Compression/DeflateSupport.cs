using System.IO.Compression;

namespace TPacket.WebSockets.Compression;

/// <summary>Whether this process can compress at all.</summary>
internal static class DeflateSupport
{
    /// <summary>
    /// Whether the runtime's compression library is there and does what it is expected to. It promises its functions to nobody but the runtime; where they are others, nothing is to be offered or
    /// accepted.
    /// </summary>
    public static bool IsAvailable { get; } = Probe();

    private static bool Probe()
    {
        try
        {
            using var message = new Deflater(DeflateOptions.LargestWindowBits, CompressionLevel.Fastest, contextTakeover: false).Deflate("Hel"u8, "lo"u8);
            var inflater = new Inflater(contextTakeover: false);
            var input = message.Bytes;
            Span<byte> output = stackalloc byte[16];
            return inflater.Inflate(ref input, output, out var written) == InflateStatus.NeedInput
                && inflater.TryEndMessage()
                && output[..written].SequenceEqual("Hello"u8);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or InvalidOperationException)
        {
            return false;
        }
    }
}
