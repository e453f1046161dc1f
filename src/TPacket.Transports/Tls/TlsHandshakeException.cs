using System.Security.Authentication;

namespace TPacket.Transports.Tls;

/// <summary>What <see cref="TransportHandler.OnClosed"/> is told of a TLS connection whose handshake did not come about.</summary>
/// <param name="failure">Why.</param>
/// <param name="message">For people.</param>
/// <param name="innerException">What was found, if anything was thrown.</param>
public sealed class TlsHandshakeException(TlsHandshakeFailure failure, string message, Exception? innerException = null) : AuthenticationException(message, innerException)
{
    /// <summary>Why.</summary>
    public TlsHandshakeFailure Failure => failure;
}
