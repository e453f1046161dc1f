using System.Net.Security;
using System.Security.Authentication;

namespace TPacket.Transports;

/// <summary>Options of the TLS connections of a server.</summary>
public sealed record TlsServerOptions
{
    /// <summary>The source of the certificate. The caller owns it.</summary>
    public required CertificateSource Certificate { get; init; }

    /// <summary>The supported TLS versions. Default: TLS 1.2 and 1.3. Older versions are deprecated (RFC 8996).</summary>
    public SslProtocols Protocols { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>
    /// The application protocols of the server in order of preference (ALPN, RFC 7301). A client without ALPN is accepted. A client that offers only other protocols is rejected. Default:
    /// <c>http/1.1</c>.
    /// </summary>
    public IReadOnlyList<SslApplicationProtocol> ApplicationProtocols { get; init; } = [SslApplicationProtocol.Http11];

    /// <summary>The <see cref="StreamConnection.Linger"/> of the connections. Default: 5 seconds.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(5);

    internal SslServerAuthenticationOptions ToAuthenticationOptions() => new()
    {
        ServerCertificateContext = Certificate.Current,
        EnabledSslProtocols = Protocols,
        ApplicationProtocols = [.. ApplicationProtocols],
        // Renegotiation costs the server more than the peer. TLS 1.3 does not have it.
        AllowRenegotiation = false,
    };
}
