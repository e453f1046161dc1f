namespace TPacket.WebSockets;

/// <summary>The event that led to a connection's end.</summary>
public enum EndCause
{
    /// <summary>The connection has not ended.</summary>
    None,

    /// <summary>The peer sent a close frame.</summary>
    ClosedByPeer,

    /// <summary>The application closed the connection, or its handler threw an exception.</summary>
    ClosedHere,

    /// <summary>The peer violated RFC 6455 or a limit of <see cref="WebSocketOptions"/>, and this side sent a close frame with the status.</summary>
    Violation,

    /// <summary>The server rejected the upgrade request, or its response violated RFC 6455.</summary>
    HandshakeRefused,

    /// <summary>The client could not reach the server, or the handshake was not complete, within <see cref="WebSocketOptions.HandshakeTimeout"/>.</summary>
    HandshakeTimeout,

    /// <summary>The peer began a TLS handshake on a port that speaks plain HTTP.</summary>
    TlsOnPlainPort,

    /// <summary>No byte arrived within <see cref="WebSocketOptions.PongTimeout"/> after a ping.</summary>
    PongTimeout,

    /// <summary>The peer read too slowly, and the outbound queue overflowed.</summary>
    SlowConsumer,

    /// <summary>The peer ended its stream without a close frame.</summary>
    EndOfStream,

    /// <summary>The transport failed.</summary>
    TransportFailed,

    /// <summary>This side aborted the connection without a close frame.</summary>
    Aborted,

    /// <summary>The TLS handshake failed, or the peer did not speak TLS.</summary>
    TlsFailed,
}
