namespace TPacket.WebSockets.Connection;

/// <summary>Outcome of an attempt to write all queued data.</summary>
internal enum WriteResult
{
    /// <summary>The transport has accepted all data.</summary>
    Drained,

    /// <summary>The socket's send buffer is full; the transport calls <see cref="OutboundQueue.OnWritable"/> when it has room.</summary>
    Blocked,

    /// <summary>The transport is closed.</summary>
    Failed,
}
