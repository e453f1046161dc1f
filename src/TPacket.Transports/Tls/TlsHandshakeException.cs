using System.Security.Authentication;

namespace TPacket.Transports;

/// <summary>The error of a failed TLS handshake, which <see cref="TransportHandler.OnClosed"/> receives.</summary>
/// <param name="failure">The reason.</param>
/// <param name="message">The message.</param>
/// <param name="innerException">The cause, or null.</param>
public sealed class TlsHandshakeException(TlsHandshakeFailure failure, string message, Exception? innerException = null) : AuthenticationException(message, innerException)
{
    /// <summary>The reason.</summary>
    public TlsHandshakeFailure Failure => failure;

    /// <summary>Whether a server's peer disconnected before its first byte, as a port check does.</summary>
    public bool IsBeforeFirstByte { get; init; }
}
