namespace TPacket.WebSockets.Framing;

/// <summary>Result of an attempt to read a frame header.</summary>
internal enum FrameReadStatus
{
    /// <summary>The header is incomplete.</summary>
    NeedMore,

    /// <summary>The header was read.</summary>
    Done,

    /// <summary>The peer violated the protocol; no further bytes can be read.</summary>
    Violation,
}
