using System.Net.Security;
using System.Security.Authentication;

namespace TPacket.Transports;

/// <summary>How a server answers TLS handshakes.</summary>
public sealed record TlsServerOptions
{
    /// <summary>Where the certificate comes from; not owned.</summary>
    public required CertificateSource Certificate { get; init; }

    /// <summary>The versions that are spoken. TLS 1.2 and 1.3 by default; older ones are withdrawn (RFC 8996).</summary>
    public SslProtocols Protocols { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>
    /// The protocols that a client may choose from (ALPN, RFC 7301), in order of preference; <c>http/1.1</c> by default. A client that offers none is served, one that offers only others is refused.
    /// </summary>
    public IReadOnlyList<SslApplicationProtocol> ApplicationProtocols { get; init; } = [SslApplicationProtocol.Http11];

    /// <summary>What a connection's <see cref="StreamConnection.Linger"/> is. 5 seconds by default.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(5);

    internal SslServerAuthenticationOptions ToAuthenticationOptions() => new()
    {
        ServerCertificateContext = Certificate.Current,
        EnabledSslProtocols = Protocols,
        ApplicationProtocols = [.. ApplicationProtocols],
        // Costs the server more than the peer; TLS 1.3 has no such thing any more.
        AllowRenegotiation = false,
    };
}
