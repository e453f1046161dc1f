using System.Net;
using System.Net.Security;

namespace TPacket.WebSockets;

/// <summary>What a client asks a server for. Immutable; one instance serves any number of connections.</summary>
public sealed record WebSocketClientOptions
{
    /// <summary>The defaults.</summary>
    public static WebSocketClientOptions Default { get; } = new();

    /// <summary>Limits and deadlines of the connection. Its handshake timeout bounds how long the server may take to be reached, and after that how long TLS and the upgrade may take.</summary>
    public WebSocketOptions Connection { get; init; } = WebSocketOptions.Default;

    /// <summary>Subprotocols of which the server may choose one, the best first. Default: none.</summary>
    public IReadOnlyList<string> Subprotocols { get; init; } = [];

    /// <summary>Further header lines of the request: <c>Authorization</c>, <c>Origin</c> and the like. Default: none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>
    /// The version of HTTP in which <see cref="WebSocketClient.ConnectAsync"/> asks: 1.1 (RFC 6455), the default, or 2.0 (RFC 8441), which the server has to speak and to offer WebSockets over; without TLS, it
    /// has to speak nothing else. The connection is for this WebSocket alone.
    /// </summary>
    public Version HttpVersion { get; init; } = System.Net.HttpVersion.Version11;

    /// <summary>Changes how TLS is spoken to wss:// addresses: a certificate of the client's own, other authorities to trust. Default: null, the system's judgement of certificates.</summary>
    public Action<SslClientAuthenticationOptions>? Tls { get; init; }

    /// <summary>
    /// Finds the addresses of the server's name for <see cref="WebSocketClient.ConnectAsync"/>, the preferred address first; an empty result or a <see cref="System.Net.Sockets.SocketException"/> means that
    /// there are none. Default: null, the system's resolver.
    /// </summary>
    public Func<string, CancellationToken, Task<IPAddress[]>>? Resolve { get; init; }

    /// <summary>The timer for the connection's deadlines, to be shared by many connections. Default: null, one for the connection, with a resolution of a second.</summary>
    public Heartbeat? Heartbeat { get; init; }

    /// <summary>The clock for the attempts to reach the server, and for the connection where no <see cref="Heartbeat"/> is given. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
