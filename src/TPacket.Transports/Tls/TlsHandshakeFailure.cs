namespace TPacket.Transports;

/// <summary>The reason why a TLS handshake failed.</summary>
public enum TlsHandshakeFailure
{
    /// <summary>
    /// One side rejected the handshake: there is no common version or cipher suite, a certificate is not accepted, or the bytes are not a valid handshake.
    /// </summary>
    Refused,

    /// <summary>The peer's first byte does not begin a TLS record (RFC 8446, section 5.1). The peer speaks another protocol, for example plain HTTP.</summary>
    PlainText,

    /// <summary>The peer disconnected during the handshake.</summary>
    PeerDisconnected,
}
