using System.Net;
using System.Net.Security;

namespace TPacket.WebSockets;

/// <summary>Options of a client's connection. Immutable; one instance serves any number of connections.</summary>
public sealed record WebSocketClientOptions
{
    /// <summary>The defaults.</summary>
    public static WebSocketClientOptions Default { get; } = new();

    /// <summary>
    /// Limits and timeouts of the connection. Its handshake timeout applies twice: first to reaching the server, then to TLS and the upgrade together.
    /// </summary>
    public WebSocketOptions Connection { get; init; } = WebSocketOptions.Default;

    /// <summary>Subprotocols to offer, in order of preference; the server may choose one. Default: none.</summary>
    public IReadOnlyList<string> Subprotocols { get; init; } = [];

    /// <summary>Additional header lines of the request, such as <c>Authorization</c> or <c>Origin</c>. Default: none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>
    /// HTTP version of the request that <see cref="WebSocketClient.ConnectAsync"/> sends: 1.1 (RFC 6455) or 2.0 (RFC 8441). With 2.0 the server must support extended CONNECT; without TLS, it must
    /// speak HTTP/2 by prior knowledge. The HTTP/2 connection carries this WebSocket only. Default: 1.1.
    /// </summary>
    public Version HttpVersion { get; init; } = System.Net.HttpVersion.Version11;

    /// <summary>
    /// Changes the TLS options of <c>wss</c> connections, for example to set a client certificate or to trust other authorities. Default: null, the system's
    /// validation of certificates.
    /// </summary>
    public Action<SslClientAuthenticationOptions>? Tls { get; init; }

    /// <summary>
    /// Resolves the server's host name for <see cref="WebSocketClient.ConnectAsync"/>: returns its addresses, the preferred address first. An empty result or a
    /// <see cref="System.Net.Sockets.SocketException"/> fails the attempt. Default: null, the system's resolver.
    /// </summary>
    public Func<string, CancellationToken, Task<IPAddress[]>>? Resolve { get; init; }

    /// <summary>
    /// Timer for the connection's deadlines, which many connections can share. Default: null, a timer for this connection alone, with a period of a second.
    /// </summary>
    public Heartbeat? Heartbeat { get; init; }

    /// <summary>Clock for the attempts to reach the server, and for the connection if <see cref="Heartbeat"/> is null. Default: the system's clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
