namespace TPacket.WebSockets.Compression;

/// <summary>What <see cref="ExtensionHeaderReader.Read"/> has come to.</summary>
internal enum ExtensionHeaderPart
{
    /// <summary>The name of an extension.</summary>
    Extension,

    /// <summary>A parameter of the last extension.</summary>
    Parameter,

    /// <summary>The header has ended, and was well-formed.</summary>
    End,

    /// <summary>The header is not what section 9.1 of RFC 6455 allows.</summary>
    Malformed,
}
