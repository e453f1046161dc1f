namespace TPacket.Server;

/// <summary>Options of an endpoint on which the server listens.</summary>
public sealed class TPacketEndpointOptions
{
    /// <summary>
    /// The address to listen on: <c>localhost</c> (IPv4 and IPv6 loopback), <c>any</c>
    /// (all IPv4 and IPv6 addresses), or an IP address. Default: <c>localhost</c>.
    /// </summary>
    public string Address { get; set; } = "localhost";

    /// <summary>The TCP port, 0 to 65535; with 0 the system chooses a port. Default: 25021.</summary>
    public int Port { get; set; } = TPacketServerOptions.DefaultPort;

    /// <summary>
    /// The path of a Unix domain socket to listen on instead of address and port, 1 to 103 bytes.
    /// The server creates the file and deletes it when it stops. Default: null.
    /// </summary>
    public string? UnixSocket { get; set; }

    /// <summary>
    /// The permissions of the socket file, as three octal digits with an optional leading zero. On Linux, users with write
    /// permission on the file and access to its directory can connect. The permissions are set before the first client can connect.
    /// Ignored on Windows. Default: <c>0666</c>, so that the permissions of the directory decide.
    /// </summary>
    public string UnixSocketMode { get; set; } = "0666";

    /// <summary>
    /// The path of the TLS certificate: PEM with its chain, or PKCS #12 (<c>.pfx</c>, <c>.p12</c>).
    /// If set, the endpoint accepts TLS only. The server reloads the file when it changes. Default: null.
    /// </summary>
    public string? Certificate { get; set; }

    /// <summary>The path of the private key of a PEM certificate; null if the key is in the certificate file. Default: null.</summary>
    public string? CertificateKey { get; set; }

    /// <summary>The password of the private key or the PKCS #12 file; null for none. Default: null.</summary>
    public string? CertificatePassword { get; set; }

    /// <summary>
    /// Whether connections come through a proxy that sends the client's address (PROXY protocol, version 1 or 2).
    /// Connections without the PROXY header are refused. Default: false.
    /// </summary>
    public bool ProxyProtocol { get; set; }

    /// <summary>
    /// The trusted proxies, as IP addresses or networks such as <c>10.0.0.0/8</c>.
    /// Connections from other addresses are refused. An empty list trusts loopback addresses. Default: empty.
    /// </summary>
    public IList<string> TrustedProxies { get; set; } = [];
}
