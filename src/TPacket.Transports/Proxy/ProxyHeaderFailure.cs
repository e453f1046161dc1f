namespace TPacket.Transports;

/// <summary>The reason why a connection was rejected for its PROXY header.</summary>
public enum ProxyHeaderFailure
{
    /// <summary>The peer is in none of the trusted networks (<see cref="ProxyOptions.TrustedNetworks"/>).</summary>
    Untrusted,

    /// <summary>The connection does not begin with a header. The proxy is probably not configured to send one.</summary>
    Missing,

    /// <summary>The header violates the protocol or is too long.</summary>
    Malformed,

    /// <summary>The peer disconnected before its header was complete. Some health checks of proxies do so.</summary>
    PeerDisconnected,

    /// <summary>The header was not complete within <see cref="ProxyOptions.HeaderTimeout"/>.</summary>
    TimedOut,
}
