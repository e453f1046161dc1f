using System.Security.Authentication;

namespace TPacket.Transports;

/// <summary>What <see cref="TransportHandler.OnClosed"/> is told of a TLS connection whose handshake did not come about.</summary>
/// <param name="failure">Why.</param>
/// <param name="message">For people.</param>
/// <param name="innerException">What was found, if anything was thrown.</param>
public sealed class TlsHandshakeException(TlsHandshakeFailure failure, string message, Exception? innerException = null) : AuthenticationException(message, innerException)
{
    /// <summary>Why.</summary>
    public TlsHandshakeFailure Failure => failure;

    /// <summary>Whether a server's peer went away before its first byte, as whoever only looks whether somebody listens.</summary>
    public bool IsBeforeFirstByte { get; init; }
}
