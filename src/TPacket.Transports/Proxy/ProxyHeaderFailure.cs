namespace TPacket.Transports;

/// <summary>Why a connection from a proxy was refused.</summary>
public enum ProxyHeaderFailure
{
    /// <summary>The peer is in none of the networks that are trusted to say who their clients are.</summary>
    Untrusted,

    /// <summary>The connection begins with something else: the proxy is not configured to send a header.</summary>
    Missing,

    /// <summary>The header breaks the protocol, or is too long.</summary>
    Malformed,

    /// <summary>The peer went away before its header was complete, as a proxy does that only looks whether somebody is there.</summary>
    PeerGone,

    /// <summary>The header took too long.</summary>
    TimedOut,
}
