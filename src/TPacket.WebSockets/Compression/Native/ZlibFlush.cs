namespace TPacket.WebSockets.Compression.Native;

/// <summary>What zlib does beyond consuming its input. The values are the library's.</summary>
internal enum ZlibFlush
{
    /// <summary>Nothing: output comes when it is worth it.</summary>
    None = 0,

    /// <summary>All output, and an empty block without compression behind it; what follows may refer to what was before.</summary>
    Sync = 2,

    /// <summary>As <see cref="Sync"/>, but what follows refers to nothing that was before.</summary>
    Full = 3,

    /// <summary>While inflating: stop at the next end of a block.</summary>
    Block = 5,
}
