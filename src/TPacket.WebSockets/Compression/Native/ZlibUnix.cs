using System.Runtime.InteropServices;

namespace TPacket.WebSockets.Compression.Native;

/// <summary>Imports of zlib's functions from the runtime's compression library, by its name on Unix.</summary>
internal static unsafe partial class ZlibUnix
{
    private const string Library = "libSystem.IO.Compression.Native";

    [LibraryImport(Library, EntryPoint = "CompressionNative_DeflateInit2_")]
    public static partial ZlibResult DeflateInit(ZStream* stream, int level, int method, int windowBits, int memoryLevel, ZlibStrategy strategy);

    [LibraryImport(Library, EntryPoint = "CompressionNative_Deflate")]
    public static partial ZlibResult Deflate(ZStream* stream, ZlibFlush flush);

    [LibraryImport(Library, EntryPoint = "CompressionNative_DeflateEnd")]
    public static partial ZlibResult DeflateEnd(ZStream* stream);

    [LibraryImport(Library, EntryPoint = "CompressionNative_InflateInit2_")]
    public static partial ZlibResult InflateInit(ZStream* stream, int windowBits);

    [LibraryImport(Library, EntryPoint = "CompressionNative_Inflate")]
    public static partial ZlibResult Inflate(ZStream* stream, ZlibFlush flush);

    [LibraryImport(Library, EntryPoint = "CompressionNative_InflateReset2_")]
    public static partial ZlibResult InflateReset(ZStream* stream, int windowBits);

    [LibraryImport(Library, EntryPoint = "CompressionNative_InflateEnd")]
    public static partial ZlibResult InflateEnd(ZStream* stream);
}
