namespace TPacket.WebSockets.Connection;

/// <summary>Where a connection stands. It only ever moves down this list.</summary>
internal enum ConnectionPhase
{
    /// <summary>The upgrade request is awaited or judged.</summary>
    Handshake,

    /// <summary>Messages flow.</summary>
    Open,

    /// <summary>This side has sent a close frame and awaits the peer's.</summary>
    Closing,

    /// <summary>Nothing more is said or heard: what the peer still sends is thrown away until its stream ends (RFC 6455, section 7.1.1).</summary>
    Draining,

    /// <summary>The transport is gone.</summary>
    Closed,
}
