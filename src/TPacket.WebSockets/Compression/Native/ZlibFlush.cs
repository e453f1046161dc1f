namespace TPacket.WebSockets.Compression.Native;

/// <summary>Flush modes of zlib. The values are the library's.</summary>
internal enum ZlibFlush
{
    /// <summary>No flush: zlib may delay output.</summary>
    None = 0,

    /// <summary>Writes all output and an empty uncompressed block; keeps the context.</summary>
    Sync = 2,

    /// <summary>As <see cref="Sync"/>, and clears the context.</summary>
    Full = 3,

    /// <summary>For decompression: stops at the next end of a block.</summary>
    Block = 5,
}
