namespace TPacket.WebSockets.Compression;

/// <summary>Result of <see cref="Inflater.Inflate"/>.</summary>
internal enum InflateStatus
{
    /// <summary>All input is consumed and its output written. More input or the end of the message follows.</summary>
    NeedInput,

    /// <summary>The output is full and there may be more. Call again with the rest of the input and more room.</summary>
    OutputFull,

    /// <summary>The input is invalid. All further calls return this value.</summary>
    Invalid,
}
