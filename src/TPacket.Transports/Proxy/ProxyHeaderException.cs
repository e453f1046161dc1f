namespace TPacket.Transports;

/// <summary>The error of a connection that was rejected for its PROXY header.</summary>
/// <param name="failure">The reason.</param>
/// <param name="innerException">The error that ended the connection, or null.</param>
public sealed class ProxyHeaderException(ProxyHeaderFailure failure, Exception? innerException = null) : IOException(Describe(failure), innerException)
{
    /// <summary>The reason.</summary>
    public ProxyHeaderFailure Failure => failure;

    /// <summary>Whether the peer disconnected before its first byte, as a port check does.</summary>
    public bool IsBeforeFirstByte { get; init; }

    private static string Describe(ProxyHeaderFailure failure) => failure switch
    {
        ProxyHeaderFailure.Untrusted => "The peer is not trusted to send a PROXY header.",
        ProxyHeaderFailure.Missing => "The connection does not begin with a PROXY header.",
        ProxyHeaderFailure.Malformed => "The PROXY header is malformed.",
        ProxyHeaderFailure.PeerDisconnected => "The peer disconnected before its PROXY header was complete.",
        _ => "The PROXY header was not complete in time.",
    };
}
