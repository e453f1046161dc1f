namespace TPacket.WebSockets.Compression;

/// <summary>What <see cref="Inflater.Inflate"/> came to.</summary>
internal enum InflateStatus
{
    /// <summary>All input is used and all output written: more input, or the end of the message.</summary>
    NeedInput,

    /// <summary>The output is filled, and there may be more of it: the same input again, with more room.</summary>
    OutputFull,

    /// <summary>The input is not what RFC 7692 allows. Nothing more can be read.</summary>
    Invalid,
}
