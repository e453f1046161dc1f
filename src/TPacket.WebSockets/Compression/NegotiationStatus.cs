namespace TPacket.WebSockets.Compression;

/// <summary>Outcome of a negotiation of permessage-deflate.</summary>
internal enum NegotiationStatus
{
    /// <summary>The server accepts no offer: messages are not compressed.</summary>
    Declined,

    /// <summary>The parameters are negotiated: messages may be compressed.</summary>
    Agreed,

    /// <summary>
    /// The header violates the grammar, or the response does not match the offer. A server answers 400; a client fails the connection (RFC 6455, sections 9.1 and 4.1).
    /// </summary>
    Malformed,
}
