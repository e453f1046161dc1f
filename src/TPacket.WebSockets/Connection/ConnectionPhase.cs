namespace TPacket.WebSockets.Connection;

/// <summary>Phase of a connection. A connection only moves down this list, and may skip phases.</summary>
internal enum ConnectionPhase
{
    /// <summary>The opening handshake is not complete.</summary>
    Handshake,

    /// <summary>Messages are sent and received.</summary>
    Open,

    /// <summary>This side has queued a close frame and waits for the peer's.</summary>
    Closing,

    /// <summary>No more frames are sent or processed: input is discarded until the peer's stream ends (RFC 6455, section 7.1.1).</summary>
    Draining,

    /// <summary>The transport is closed.</summary>
    Closed,
}
