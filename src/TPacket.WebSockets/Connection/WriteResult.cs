namespace TPacket.WebSockets.Connection;

/// <summary>What an attempt to write everything came to.</summary>
internal enum WriteResult
{
    /// <summary>Everything was taken.</summary>
    Drained,

    /// <summary>The socket is full; the transport tells when there is room.</summary>
    Blocked,

    /// <summary>The connection is gone.</summary>
    Failed,
}
