namespace TPacket.WebSockets;

/// <summary>What began the end of a connection.</summary>
public enum EndCause
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>The peer sent a close frame.</summary>
    ClosedByPeer,

    /// <summary>This side sent a close frame because the application asked for it.</summary>
    ClosedHere,

    /// <summary>The peer broke RFC 6455, or a limit that it names a status for.</summary>
    Violation,

    /// <summary>The upgrade request was refused.</summary>
    HandshakeRefused,

    /// <summary>The request head did not arrive in time.</summary>
    HandshakeTimeout,

    /// <summary>A TLS handshake arrived where plain HTTP is spoken.</summary>
    TlsOnPlainPort,

    /// <summary>Nothing arrived after a ping.</summary>
    PongTimeout,

    /// <summary>The peer reads too slowly for what it is sent.</summary>
    SlowConsumer,

    /// <summary>The peer ended its stream without a close frame.</summary>
    EndOfStream,

    /// <summary>The transport failed.</summary>
    TransportFailed,

    /// <summary>This side released the connection without a close frame.</summary>
    Aborted,

    /// <summary>The TLS handshake failed, or something else than TLS was spoken.</summary>
    TlsFailed,
}
