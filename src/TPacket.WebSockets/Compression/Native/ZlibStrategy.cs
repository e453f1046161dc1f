namespace TPacket.WebSockets.Compression.Native;

/// <summary>Which matches the compressor looks for. The values are zlib's.</summary>
internal enum ZlibStrategy
{
    /// <summary>Any that the window holds.</summary>
    Default = 0,

    /// <summary>Repetitions of the last byte only: the distance is always one.</summary>
    RunLength = 3,
}
