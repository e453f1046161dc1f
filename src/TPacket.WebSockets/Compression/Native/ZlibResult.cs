namespace TPacket.WebSockets.Compression.Native;

/// <summary>Result codes of zlib. The values are the library's.</summary>
internal enum ZlibResult
{
    /// <summary>The library could not allocate memory.</summary>
    MemoryError = -4,

    /// <summary>The input is not a valid DEFLATE stream.</summary>
    DataError = -3,

    /// <summary>The state or an argument is invalid.</summary>
    StreamError = -2,

    /// <summary>No progress was possible without more input or more room. Not an error: the next call continues.</summary>
    BufferError = -5,

    /// <summary>Progress was made.</summary>
    Ok = 0,

    /// <summary>The block with BFINAL set has ended.</summary>
    StreamEnd = 1,
}
