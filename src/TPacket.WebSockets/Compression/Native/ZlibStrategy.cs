namespace TPacket.WebSockets.Compression.Native;

/// <summary>Strategies of zlib's search for matches. The values are zlib's.</summary>
internal enum ZlibStrategy
{
    /// <summary>Finds any match within the window.</summary>
    Default = 0,

    /// <summary>Finds repetitions of the last byte only: all matches have distance 1.</summary>
    RunLength = 3,
}
