namespace TPacket.Transports;

/// <summary>What <see cref="TransportHandler.OnClosed"/> is told of a connection whose PROXY header did not come about.</summary>
/// <param name="failure">Why.</param>
/// <param name="innerException">What ended the connection, if anything was thrown.</param>
public sealed class ProxyHeaderException(ProxyHeaderFailure failure, Exception? innerException = null) : IOException(Describe(failure), innerException)
{
    /// <summary>Why.</summary>
    public ProxyHeaderFailure Failure => failure;

    /// <summary>Whether the peer went away before its first byte, as whoever only looks whether somebody listens.</summary>
    public bool IsBeforeFirstByte { get; init; }

    private static string Describe(ProxyHeaderFailure failure) => failure switch
    {
        ProxyHeaderFailure.Untrusted => "The peer is not trusted to send a PROXY header.",
        ProxyHeaderFailure.Missing => "The connection does not begin with a PROXY header.",
        ProxyHeaderFailure.Malformed => "The PROXY header is malformed.",
        ProxyHeaderFailure.PeerGone => "The peer went away before its PROXY header was complete.",
        _ => "The PROXY header took too long.",
    };
}
