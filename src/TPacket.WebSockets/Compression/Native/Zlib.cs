namespace TPacket.WebSockets.Compression.Native;

/// <summary>
/// zlib, as the runtime brings it along for System.IO.Compression: nothing is shipped, and it is there under the runtime, in a single file and compiled ahead of time. The public
/// classes can set no window and end no message, so its functions are called directly (decision 7).
/// </summary>
/// <remarks>
/// A single file resolves these functions by the exact name of their library, which Windows writes without its prefix: hence two sets of imports. The question for the system is
/// a constant to the compiler.
/// </remarks>
internal static unsafe class Zlib
{
    private const int MethodDeflated = 8;

    // Raw DEFLATE, without zlib's header, is asked for with a negated window.
    private const int RawInflateWindow = -15;

    // zlib's default: 16,384 literals and matches a block.
    private const int MemoryLevel = 8;

    public static ZlibResult DeflateInit(ZStream* stream, int level, int windowBits, ZlibStrategy strategy) => OperatingSystem.IsWindows()
        ? ZlibWindows.DeflateInit(stream, level, MethodDeflated, -windowBits, MemoryLevel, strategy)
        : ZlibUnix.DeflateInit(stream, level, MethodDeflated, -windowBits, MemoryLevel, strategy);

    public static ZlibResult Deflate(ZStream* stream, ZlibFlush flush) =>
        OperatingSystem.IsWindows() ? ZlibWindows.Deflate(stream, flush) : ZlibUnix.Deflate(stream, flush);

    public static ZlibResult DeflateEnd(ZStream* stream) =>
        OperatingSystem.IsWindows() ? ZlibWindows.DeflateEnd(stream) : ZlibUnix.DeflateEnd(stream);

    public static ZlibResult InflateInit(ZStream* stream) =>
        OperatingSystem.IsWindows() ? ZlibWindows.InflateInit(stream, RawInflateWindow) : ZlibUnix.InflateInit(stream, RawInflateWindow);

    public static ZlibResult Inflate(ZStream* stream, ZlibFlush flush) =>
        OperatingSystem.IsWindows() ? ZlibWindows.Inflate(stream, flush) : ZlibUnix.Inflate(stream, flush);

    public static ZlibResult InflateReset(ZStream* stream) =>
        OperatingSystem.IsWindows() ? ZlibWindows.InflateReset(stream, RawInflateWindow) : ZlibUnix.InflateReset(stream, RawInflateWindow);

    public static ZlibResult InflateEnd(ZStream* stream) =>
        OperatingSystem.IsWindows() ? ZlibWindows.InflateEnd(stream) : ZlibUnix.InflateEnd(stream);
}
