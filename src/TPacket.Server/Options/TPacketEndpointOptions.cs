namespace TPacket.Server;

/// <summary>One place where the server listens.</summary>
public sealed class TPacketEndpointOptions
{
    /// <summary><c>localhost</c> for loopback of both families, <c>any</c> for every address of both families, or an IP address. Default: <c>localhost</c>.</summary>
    public string Address { get; set; } = "localhost";

    /// <summary>The TCP port; 0 lets the system pick one. Default: 25021.</summary>
    public int Port { get; set; } = TPacketServerOptions.DefaultPort;

    /// <summary>The path of a Unix domain socket, which is listened on instead of address and port. Its file is made, and removed at the stop. Default: null.</summary>
    public string? UnixSocket { get; set; }

    /// <summary>
    /// The rights to the socket's file, as three octal digits with or without a zero in front: on Linux, whoever may write to the file and get to its folder may connect. They are set before anybody
    /// can. Not looked at on Windows. Default: <c>0666</c>, with which the rights of the folder decide.
    /// </summary>
    public string UnixSocketMode { get; set; } = "0666";

    /// <summary>The path of a certificate: PEM with its chain, or PKCS #12 (<c>.pfx</c>, <c>.p12</c>). Where it is set, TLS is spoken and nothing else. A file that changes is read again. Default: null.</summary>
    public string? Certificate { get; set; }

    /// <summary>The path of a PEM certificate's private key; null where it stands in the same file. Default: null.</summary>
    public string? CertificateKey { get; set; }

    /// <summary>The password of the private key, where it has one. Default: null.</summary>
    public string? CertificatePassword { get; set; }

    /// <summary>Whether a proxy in front tells the client's address (PROXY protocol, version 1 or 2); a connection that does not begin with that is refused. Default: false.</summary>
    public bool ProxyProtocol { get; set; }

    /// <summary>The proxies that are believed, as addresses or networks (<c>10.0.0.0/8</c>); others are refused. Default: loopback.</summary>
    public IList<string> TrustedProxies { get; set; } = [];
}
