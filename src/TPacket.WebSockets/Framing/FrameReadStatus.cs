namespace TPacket.WebSockets.Framing;

/// <summary>What an attempt to read came to.</summary>
internal enum FrameReadStatus
{
    /// <summary>What is there is a beginning; more bytes are needed.</summary>
    NeedMore,

    /// <summary>All of it was there.</summary>
    Done,

    /// <summary>The peer broke the protocol; nothing that follows can mend it.</summary>
    Violation,
}
