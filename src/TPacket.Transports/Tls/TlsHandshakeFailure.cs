namespace TPacket.Transports;

/// <summary>Why a TLS handshake did not come about.</summary>
public enum TlsHandshakeFailure
{
    /// <summary>The two sides did not agree: no common version or cipher suite, a certificate that one of them does not accept, or bytes that are no handshake.</summary>
    Refused,

    /// <summary>The peer's first byte begins no TLS record (RFC 8446, section 5.1): it speaks something else, plain HTTP for example.</summary>
    PlainText,

    /// <summary>The peer went away before the handshake was done.</summary>
    PeerGone,
}
