namespace TPacket.WebSockets.Compression.Native;

/// <summary>What a call of zlib came to. The values are the library's.</summary>
internal enum ZlibResult
{
    /// <summary>The library could not allocate.</summary>
    MemoryError = -4,

    /// <summary>The input is no DEFLATE stream.</summary>
    DataError = -3,

    /// <summary>The state or an argument is wrong: the caller's fault.</summary>
    StreamError = -2,

    /// <summary>No progress was possible without more input or more room. No failure: the next call goes on.</summary>
    BufferError = -5,

    /// <summary>Progress was made.</summary>
    Ok = 0,

    /// <summary>The block that has BFINAL set has ended.</summary>
    StreamEnd = 1,
}
