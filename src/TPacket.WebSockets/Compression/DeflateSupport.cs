using System.IO.Compression;

namespace TPacket.WebSockets.Compression;

/// <summary>Detects whether this process supports compression.</summary>
internal static class DeflateSupport
{
    /// <summary>
    /// Whether the runtime's compression library exists and works as expected. Its functions are internal to the runtime and may change; without them, compression is neither offered nor accepted.
    /// </summary>
    public static bool IsAvailable { get; } = Probe();

    private static bool Probe()
    {
        try
        {
            using var message = new Deflater(DeflateOptions.MaxWindowBits, CompressionLevel.Fastest, contextTakeover: false).Deflate("Hel"u8, "lo"u8);
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
