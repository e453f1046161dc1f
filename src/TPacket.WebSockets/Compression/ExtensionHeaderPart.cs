namespace TPacket.WebSockets.Compression;

/// <summary>The part of the header at which <see cref="ExtensionHeaderReader.Read"/> has arrived.</summary>
internal enum ExtensionHeaderPart
{
    /// <summary>The name of an extension.</summary>
    Extension,

    /// <summary>A parameter of the last extension.</summary>
    Parameter,

    /// <summary>The end of a well-formed header.</summary>
    End,

    /// <summary>The header violates the grammar of RFC 6455, section 9.1.</summary>
    Malformed,
}
