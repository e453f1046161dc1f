namespace TPacket.WebSockets.Compression.Native;

/// <summary>
/// zlib in the runtime's library for System.IO.Compression, which exists with the shared runtime, in single-file apps and after ahead-of-time compilation. Its functions are called directly because
/// the public classes cannot set a window or end a message (docs/decisions/0007).
/// </summary>
/// <remarks>
/// A single-file app resolves the functions by the exact name of the library, which has no prefix on Windows; hence two sets of imports. <see cref="OperatingSystem.IsWindows"/> is a constant for the
/// JIT compiler.
/// </remarks>
internal static unsafe class Zlib
{
    private const int MethodDeflated = 8;

    // A negative window selects raw DEFLATE, without zlib's header.
    private const int RawInflateWindow = -15;

    // zlib's default: 16,384 literals and matches per block.
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
